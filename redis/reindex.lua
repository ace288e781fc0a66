-- Makes the indexes of an organization say of some records what the records say.
--
-- KEYS  the organization's version
-- ARGV  what the keys of the organization start with: {acme}:; kind (project, user, key); the user
--       among whose keys the ids were found, or nothing; the ids
-- reply how many entries were wrong
--
-- Nothing that decides changes here, so the version stays.

local prefix, kind, user = ARGV[1], ARGV[2], ARGV[3]
local wrong = 0

local function put(index, id, belongs)
  if belongs then
    wrong = wrong + redis.call('ZADD', prefix .. 'index:' .. index, 0, id)
  else
    wrong = wrong + redis.call('ZREM', prefix .. 'index:' .. index, id)
  end
end

-- The sets that were in use before the indexes had an order.
wrong = wrong + redis.call('UNLINK', prefix .. kind .. 's')

for i = 4, #ARGV do
  local id = ARGV[i]
  local text = redis.call('GET', prefix .. kind .. ':' .. id)
  local record = text and cjson.decode(text)
  put(kind, id, record)
  if kind == 'key' then
    if record then
      put('keys-of:' .. record.user, id, not record.revoked)
      local secrets = {record.secretHash, record.previous and record.previous.secretHash}
      for _, hash in ipairs(secrets) do
        wrong = wrong + redis.call('SETNX', prefix .. 'secret:' .. hash, id)
      end
    end
    if user ~= '' and not (record and record.user == user) then
      put('keys-of:' .. user, id, false)
    end
  end
end
return {wrong}
