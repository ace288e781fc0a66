-- Walks through the names of all keys of one node.
--
-- KEYS  any key of the node: it is not touched, and leads there
-- ARGV  the cursor; a pattern; about how many at once
-- reply the next cursor, 0 at the end, then names

local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
local reply = {found[1]}
for i, name in ipairs(found[2]) do
  reply[i + 1] = name
end
return reply
