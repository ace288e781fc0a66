-- Puts organizations into the index of all, or takes them out.
--
-- KEYS  the index
-- ARGV  in or out; the ids
-- reply how many were not, or were, in it

local changed = 0
for i = 2, #ARGV do
  changed = changed + (ARGV[1] == 'in' and redis.call('ZADD', KEYS[1], 0, ARGV[i])
    or redis.call('ZREM', KEYS[1], ARGV[i]))
end
return {changed}
