-- Records when keys were last used.
--
-- KEYS  the organization's times of last use
-- ARGV  what the keys of the organization start with: {acme}:; then the id of a key and how many ms
--       ago it was used, as often as there are keys
-- reply how many times changed
--
-- A time only goes forward; one that lies ahead of the clock, which has gone back, is replaced. A
-- key without a record has no time, so there are never more of them than records.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local changed = 0
for i = 2, #ARGV, 2 do
  local id, at = ARGV[i], now - ARGV[i + 1]
  local known = redis.call('ZSCORE', KEYS[1], id)
  known = known and tonumber(known)
  if (not known or at > known or known > now)
    and redis.call('EXISTS', ARGV[1] .. 'key:' .. id) == 1 then
    redis.call('ZADD', KEYS[1], string.format('%.0f', at), id)
    changed = changed + 1
  end
end
return {changed}
