-- Finds a key by its secret, with all the records that decide about it, at one version.
--
-- KEYS  the organization's version, the secret's index entry
-- ARGV  what the keys of the organization start with: {acme}:
-- reply version, then the JSON of key, user, project and organization; nothing at all when there is
--       no such secret

local id = redis.call('GET', KEYS[2])
if not id then
  return {}
end
local prefix = ARGV[1]
local key = redis.call('GET', prefix .. 'key:' .. id)
if not key then
  return redis.error_reply('ERR the record of key ' .. id .. ' is missing')
end
local owner = cjson.decode(key)
-- Only what the record says lets a secret in: an entry that was left over, or put there, does not.
local previous = owner.previous and prefix .. 'secret:' .. owner.previous.secretHash
if KEYS[2] ~= prefix .. 'secret:' .. owner.secretHash and KEYS[2] ~= previous then
  return {}
end
local records = redis.call('MGET',
  KEYS[1], prefix .. 'user:' .. owner.user, prefix .. 'project:' .. owner.project,
  prefix .. 'organization')
for i = 1, 4 do
  if not records[i] then
    return redis.error_reply('ERR a record that key ' .. id .. ' refers to is missing')
  end
end
return {tonumber(records[1]), key, records[2], records[3], records[4]}
