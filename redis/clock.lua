-- Redis's own clock: the one by which everything is decided.
--
-- Put in front of every script that says "uses ... clock.lua".

-- Milliseconds since the epoch.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
