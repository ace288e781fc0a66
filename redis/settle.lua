-- uses requests.lua
--
-- Ends a hold whose request ran: what was counted stays counted.
--
-- KEYS  the hold, and the request that it is an attempt of, if any
-- ARGV  lease in ms; how the request ended, and its tokens, as text
-- reply 1, or 0 when it was no longer held

local hold = redis.call('GET', KEYS[1])
if hold == 'a' then
  leave(KEYS[2], true, ARGV[1])
elseif not hold or string.byte(hold) ~= string.byte('h') then
  return {0}
end
redis.call('SET', KEYS[1], 'settled ' .. ARGV[2], 'PX', ARGV[1])
return {1}
