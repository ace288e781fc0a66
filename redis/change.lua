-- Creates or replaces one record, with its indexes, the audit entry and the version: all or nothing.
--
-- KEYS  the organization's version, its record, the audit stream
-- ARGV  create, restore (a record of a backup) or replace; actor; kind (organization, project, user, key); id; the record as JSON;
--       what the keys of the organization start with: {acme}:; the revision that is replaced; how
--       many keys a user may have that are not revoked
-- reply 1 and the new version, 0 and what conflicts, or 2 and the revision at which the record is
--
-- The audit has the records as they were before and after, without the hashes of secrets.

local MOST_ENTRIES = 100000
local DONE, CONFLICT, STALE = 1, 0, 2

local verb, actor, kind, id, json, prefix, expected, most_keys = unpack(ARGV)
local record = cjson.decode(json)
local record_key = kind == 'organization' and KEYS[2] or prefix .. kind .. ':' .. id

local function missing(a_kind, an_id)
  return {CONFLICT, 'there is no ' .. a_kind .. ' ' .. an_id}
end

local function archived(a_kind, an_id)
  return {CONFLICT, a_kind .. ' ' .. an_id .. ' is archived'}
end

local function read(key)
  local text = redis.call('GET', key)
  return text and cjson.decode(text), text
end

-- The hashes by which a key is found.
local function hashes(key)
  local all = {}
  if key then
    all[key.secretHash] = true
    if key.previous then
      all[key.previous.secretHash] = true
    end
  end
  return all
end

local function secret_key(hash)
  return prefix .. 'secret:' .. hash
end

-- By its text: cjson would write large numbers and empty lists otherwise than they are. No name can
-- look like this, as its quotes stand behind backslashes.
local function redacted(text)
  return (string.gsub(text, '"secretHash":"%x*",', ''))
end

local function owners(project)
  local all = {}
  for _, user in ipairs(project and project.owners or {}) do
    all[user] = true
  end
  return all
end

-- What happened, in the words of the audit.
local function action(before)
  if not before then
    return 'create'
  elseif record.archived and not before.archived then
    return 'archive'
  elseif before.archived and not record.archived then
    return 'restore'
  elseif record.revoked and not before.revoked then
    return 'revoke'
  elseif record.secretHash ~= before.secretHash then
    return 'rotate'
  end
  return 'replace'
end

local before, before_json = read(record_key)
if verb ~= 'replace' and before then
  return {CONFLICT, kind .. ' ' .. id .. ' exists'}
end
if verb == 'replace' then
  if not before then
    return missing(kind, id)
  end
  -- Records that were written without a revision are at their first.
  local revision = before.revision or 1
  if revision ~= tonumber(expected) then
    return {STALE, revision}
  end
end
if kind ~= 'organization' then
  local organization = read(KEYS[2])
  if not organization then
    return missing('organization', record.organization)
  end
  if organization.archived and verb == 'create' then
    return archived('organization', record.organization)
  end
end

local old_hashes, new_hashes = {}, {}
local users_keys = kind == 'key' and prefix .. 'index:keys-of:' .. record.user
if kind == 'key' then
  for _, owner in ipairs({'user', 'project'}) do
    if before and before[owner] ~= record[owner] then
      return {CONFLICT, 'key ' .. id .. ' belongs to ' .. owner .. ' ' .. before[owner]}
    end
    local owning = read(prefix .. owner .. ':' .. record[owner])
    if not owning then
      return missing(owner, record[owner])
    end
    if owning.archived and verb == 'create' then
      return archived(owner, record[owner])
    end
  end
  if before and before.revoked and not record.revoked then
    return {CONFLICT, 'key ' .. id .. ' is revoked for ever'}
  end
  old_hashes, new_hashes = hashes(before), hashes(record)
  for hash in pairs(new_hashes) do
    if not old_hashes[hash] and redis.call('EXISTS', secret_key(hash)) == 1 then
      return {CONFLICT, 'another key has this secret'}
    end
  end
  if verb == 'create' and not record.revoked
    and redis.call('ZCARD', users_keys) >= tonumber(most_keys) then
    return {CONFLICT, 'user ' .. record.user .. ' has ' .. most_keys .. ' keys, and may not have more'}
  end
end

-- An owner who is archived later stays: it is what was.
if kind == 'project' then
  local old_owners = owners(before)
  for _, user in ipairs(record.owners or {}) do
    if not old_owners[user] then
      local owner = read(prefix .. 'user:' .. user)
      if not owner then
        return missing('user', user)
      end
      if owner.archived and verb ~= 'restore' then
        return archived('user', user)
      end
    end
  end
end
local time = redis.call('TIME')
-- The version is the time in microseconds, so that a number never comes again: also not when a
-- restored or promoted Redis has lost changes that some replica of Sluice knows. Where the clock is
-- behind, what is changed makes the difference. It is written first: should a later line fail (a
-- permission is missing, a slot is on the move), no replica goes by what it knew.
local version = time[1] * 1000000 + time[2]
local last = tonumber(redis.call('GET', KEYS[1]) or 0)
if version <= last then
  version = last + 1 + tonumber(string.sub(redis.sha1hex(id .. json), 1, 5), 16)
end
local version_text = string.format('%.0f', version)
redis.call('SET', KEYS[1], version_text)

redis.call('SET', record_key, json)
if kind ~= 'organization' then
  redis.call('ZADD', prefix .. 'index:' .. kind, 0, id)
end
if kind == 'key' then
  redis.call(record.revoked and 'ZREM' or 'ZADD', users_keys, unpack(record.revoked and {id} or {0, id}))
  for hash in pairs(old_hashes) do
    if not new_hashes[hash] then
      redis.call('DEL', secret_key(hash))
    end
  end
  for hash in pairs(new_hashes) do
    redis.call('SET', secret_key(hash), id)
  end
end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', MOST_ENTRIES, '*',
  'time', time[1] .. string.format('%03d', math.floor(time[2] / 1000)),
  'version', version_text, 'actor', actor, 'action', action(before), 'kind', kind, 'id', id,
  'before', before_json and redacted(before_json) or '', 'after', redacted(json))
return {DONE, version}
