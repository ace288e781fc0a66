-- Makes the indexes of an organization say of some records what the records say.
--
-- KEYS  the organization's version
-- ARGV  what the keys of the organization start with: {acme}:; kind (project, user, key, secret);
--       the user among whose keys the ids were found, or nothing; the ids, or the hashes of secrets
-- reply how many entries were wrong
--
-- Without ids it only sees to it that the version and the indexes of the kind are of their types.
-- Nothing that decides changes here, so the version stays; one that is lost begins anew, at the time.

local prefix, kind, user = ARGV[1], ARGV[2], ARGV[3]
local wrong = 0

-- What has another type is of no use to anybody.
local function mend(name, right)
  local found = redis.call('TYPE', name).ok
  if found ~= right and found ~= 'none' then
    wrong = wrong + redis.call('UNLINK', name)
  end
end

local function put(index, id, belongs)
  local name = prefix .. 'index:' .. index
  mend(name, 'zset')
  if belongs then
    wrong = wrong + redis.call('ZADD', name, 'CH', 0, id)
  else
    wrong = wrong + redis.call('ZREM', name, id)
  end
end

local function read(id)
  local text = redis.call('GET', prefix .. 'key:' .. id)
  return text and cjson.decode(text)
end

local function owns(record, hash)
  return record and (record.secretHash == hash
    or record.previous and record.previous.secretHash == hash)
end

local function put_secret(hash, id)
  local name = prefix .. 'secret:' .. hash
  mend(name, 'string')
  if redis.call('GET', name) ~= id then
    redis.call('SET', name, id)
    wrong = wrong + 1
  end
end

local function check_secret(hash)
  local name = prefix .. 'secret:' .. hash
  mend(name, 'string')
  local id = redis.call('GET', name)
  if id and not owns(read(id), hash) then
    wrong = wrong + redis.call('DEL', name)
  end
end

mend(KEYS[1], 'string')
if not tonumber(redis.call('GET', KEYS[1]) or '')
  and redis.call('EXISTS', prefix .. 'organization') == 1 then
  local time = redis.call('TIME')
  redis.call('SET', KEYS[1], string.format('%.0f', time[1] * 1000000 + time[2]))
  wrong = wrong + 1
end

if kind == 'secret' then
  for i = 4, #ARGV do
    check_secret(ARGV[i])
  end
  return {wrong}
end

mend(prefix .. 'index:' .. kind, 'zset')
if user ~= '' then
  mend(prefix .. 'index:keys-of:' .. user, 'zset')
end
-- The sets that were in use before the indexes had an order.
wrong = wrong + redis.call('UNLINK', prefix .. kind .. 's')

for i = 4, #ARGV do
  local id = ARGV[i]
  if kind == 'key' then
    local record = read(id)
    put(kind, id, record)
    if record then
      put('keys-of:' .. record.user, id, not record.revoked)
      put_secret(record.secretHash, id)
      if record.previous then
        put_secret(record.previous.secretHash, id)
      end
    end
    if user ~= '' and not (record and record.user == user) then
      put('keys-of:' .. user, id, false)
    end
  else
    put(kind, id, redis.call('EXISTS', prefix .. kind .. ':' .. id) == 1)
  end
end
return {wrong}
