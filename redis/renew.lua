-- Prolongs a hold.
--
-- KEYS  the hold, and the request that it is an attempt of, if any
-- ARGV  lease in ms
-- reply 1, or 0 when it is no longer held

local hold = redis.call('GET', KEYS[1])
if hold and (hold == 'a' or string.byte(hold) == string.byte('h')) then
  for i = 1, #KEYS do
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
  end
  return {1}
end
return {0}
