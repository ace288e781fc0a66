-- Creates or replaces one record, with its indexes, the audit entry and the version: all or nothing.
--
-- KEYS  the organization's version, its record, the audit stream
-- ARGV  create or replace; actor; kind (organization, project, user, key); id; the record as JSON;
--       what the keys of the organization start with: {acme}:
-- reply 1 and the new version, or 0 and what conflicts
--
-- The audit has the records as they were before and after, without the hash of the secret.

local MOST_ENTRIES = 100000

local verb, actor, kind, id, json, prefix = unpack(ARGV)
local record = cjson.decode(json)
local record_key = kind == 'organization' and KEYS[2] or prefix .. kind .. ':' .. id

local function missing(a_kind, an_id)
  return {0, 'there is no ' .. a_kind .. ' ' .. an_id}
end

local function secret_key(hash)
  return prefix .. 'secret:' .. hash
end

local function redacted(text)
  local copy = cjson.decode(text)
  copy.secretHash = nil
  return cjson.encode(copy)
end

local before = redis.call('GET', record_key)
if verb == 'create' and before then
  return {0, kind .. ' ' .. id .. ' exists'}
end
if verb == 'replace' and not before then
  return missing(kind, id)
end
if kind ~= 'organization' and redis.call('EXISTS', KEYS[2]) == 0 then
  return missing('organization', record.organization)
end

local old_hash = before and cjson.decode(before).secretHash
local new_hash = record.secretHash
if kind == 'key' then
  for _, owner in ipairs({'user', 'project'}) do
    if redis.call('EXISTS', prefix .. owner .. ':' .. record[owner]) == 0 then
      return missing(owner, record[owner])
    end
  end
  if new_hash ~= old_hash and redis.call('EXISTS', secret_key(new_hash)) == 1 then
    return {0, 'another key has this secret'}
  end
end

redis.call('SET', record_key, json)
if kind ~= 'organization' then
  redis.call('SADD', prefix .. kind .. 's', id)
end
if kind == 'key' and new_hash ~= old_hash then
  if old_hash then
    redis.call('DEL', secret_key(old_hash))
  end
  redis.call('SET', secret_key(new_hash), id)
end
local time = redis.call('TIME')
redis.call('XADD', KEYS[3], 'MAXLEN', '~', MOST_ENTRIES, '*',
  'time', time[1] .. string.format('%03d', math.floor(time[2] / 1000)),
  'actor', actor, 'action', verb, 'kind', kind, 'id', id,
  'before', before and redacted(before) or '', 'after', redacted(json))
return {1, redis.call('INCR', KEYS[1])}
