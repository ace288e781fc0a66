-- Ends a hold whose request ran: what was counted stays counted.
--
-- KEYS  the hold
-- ARGV  lease in ms; how the request ended, and its tokens, as text
-- reply 1, or 0 when it was no longer held

local hold = redis.call('GET', KEYS[1])
if hold and string.byte(hold) == string.byte('h') then
  redis.call('SET', KEYS[1], 'settled ' .. ARGV[2], 'PX', ARGV[1])
  return {1}
end
return {0}
