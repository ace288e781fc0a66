-- A page of records, in the order of their ids.
--
-- KEYS  the index
-- ARGV  what the keys of the records start with; the id after which the page begins, or nothing;
--       how many at most
-- reply the id after which the next page begins, or nothing, then the records as JSON

local after, most = ARGV[2], tonumber(ARGV[3])
local ids = redis.call('ZRANGEBYLEX', KEYS[1], after == '' and '-' or '(' .. after, '+',
  'LIMIT', 0, most)
if #ids == 0 then
  return {''}
end
local names = {}
for i, id in ipairs(ids) do
  names[i] = ARGV[1] .. id
end
local reply = {#ids == most and ids[most] or ''}
for _, record in ipairs(redis.call('MGET', unpack(names))) do
  if record then
    reply[#reply + 1] = record
  end
end
return reply
