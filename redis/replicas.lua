-- uses clock.lua deadlines.lua
--
-- Says that a replica is there, or that it leaves, and how many there are.
--
-- KEYS  the replicas
-- ARGV  the replica; ms for which it is believed to be there; 1 when it is there, 0 when it leaves
-- reply how many replicas are there
--
-- A replica is in the set as a hold is among those that run.

local time, life, replicas = now(), tonumber(ARGV[2]), deadlines()
if ARGV[3] == '1' then
  replicas.add(KEYS[1], ARGV[1], time, life)
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return {replicas.count(KEYS[1], time, life)}
