-- A page of an organization's audit, the newest entry first.
--
-- KEYS  the audit stream
-- ARGV  the position before which the page begins, or nothing; the time in ms before which it ends,
--       or nothing; how many at most
-- reply for each entry its position, time, actor, action, kind, id, before, after

local FIELDS = {'time', 'actor', 'action', 'kind', 'id', 'before', 'after'}

local reply = {}
local found = redis.call('XREVRANGE', KEYS[1], ARGV[1] == '' and '+' or '(' .. ARGV[1],
  ARGV[2] == '' and '-' or ARGV[2], 'COUNT', ARGV[3])
for _, entry in ipairs(found) do
  local values = {}
  for i = 1, #entry[2], 2 do
    values[entry[2][i]] = entry[2][i + 1]
  end
  reply[#reply + 1] = entry[1]
  for _, field in ipairs(FIELDS) do
    reply[#reply + 1] = values[field] or ''
  end
end
return reply
