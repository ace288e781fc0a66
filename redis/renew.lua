-- Prolongs a hold.
--
-- KEYS  the hold
-- ARGV  lease in ms
-- reply 1, or 0 when it is no longer held

local hold = redis.call('GET', KEYS[1])
if hold and string.byte(hold) == string.byte('h') then
  return {redis.call('PEXPIRE', KEYS[1], ARGV[1])}
end
return {0}
