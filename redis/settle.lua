-- uses requests.lua
--
-- Ends a hold whose request ran: what was counted stays counted, but it runs no longer.
--
-- KEYS  the hold, the request that it is an attempt of, if any, then one key for each scope that limits
--       how many run
-- ARGV  lease in ms; how the request ended, and its tokens, as text; the number of scopes that limit
--       how many run, if any do
-- reply 1, or 0 when it was no longer held

for i = #KEYS - (ARGV[3] or 0) + 1, #KEYS do
  redis.call('ZREM', KEYS[i], KEYS[1])
end
local hold = redis.call('GET', KEYS[1])
if hold == 'a' then
  leave(KEYS[2], true, ARGV[1])
elseif not hold or string.byte(hold) ~= string.byte('h') then
  return {0}
end
redis.call('SET', KEYS[1], 'settled ' .. ARGV[2], 'PX', ARGV[1])
return {1}
