-- Puts organizations into the index of all, or takes them out.
--
-- KEYS  the index
-- ARGV  in or out; the ids. Or mend: the index goes when it is none
-- reply how much was otherwise

local changed = 0
if ARGV[1] == 'mend' then
  local kind = redis.call('TYPE', KEYS[1]).ok
  return {(kind == 'zset' or kind == 'none') and 0 or redis.call('UNLINK', KEYS[1])}
end
for i = 2, #ARGV do
  changed = changed + (ARGV[1] == 'in' and redis.call('ZADD', KEYS[1], 'CH', 0, ARGV[i])
    or redis.call('ZREM', KEYS[1], ARGV[i]))
end
return {changed}
