-- uses clock.lua deadlines.lua
--
-- Prolongs a hold.
--
-- KEYS  the hold, the request that it is an attempt of, if any, then one key for each scope that limits
--       how many run
-- ARGV  lease in ms; the number of scopes that limit how many run, if any do
-- reply 1, or 0 when it is no longer held

local hold = redis.call('GET', KEYS[1])
if hold and (hold == 'a' or string.byte(hold) == string.byte('h')) then
  local last = #KEYS - (ARGV[2] or 0)
  for i = 1, last do
    redis.call('PEXPIRE', KEYS[i], ARGV[1])
  end
  if last < #KEYS then
    local time, sets = now(), deadlines()
    for i = last + 1, #KEYS do
      -- What is over is not brought back: others may run in its place.
      if sets.has(KEYS[i], KEYS[1], time) then
        sets.add(KEYS[i], KEYS[1], time, tonumber(ARGV[1]))
      end
    end
  end
  return {1}
end
return {0}
