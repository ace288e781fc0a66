-- Requests that are tried several times, and charged once.
--
-- Put in front of every script that says "uses ... requests.lua".
--
-- A request's key holds, in MessagePack: how many attempts it had, how many of them have not ended,
-- whether one of them ran, what the first one took of its windows, the keys of these, and whether it
-- was said that limits in shadow had no room for one of them. The hold of an attempt is just "a".

-- Further attempts are requests like any other: so nobody who has one proof has a pass.
local MOST_ATTEMPTS = 5

local function save(key, request, lease)
  redis.call('SET', key, cmsgpack.pack(request), 'PX', lease)
end

-- The first attempt was counted, in the windows of these keys.
local function charge(key, taken, scopes, lease, shadow_exceeded)
  save(key, {1, 1, false, taken, scopes, shadow_exceeded}, lease)
end

-- The request, while it may have one more attempt.
local function open_to_more(text)
  local request = cmsgpack.unpack(text)
  return request[1] < MOST_ATTEMPTS and request
end

-- Whether that limits in shadow had no room was said of an earlier attempt.
local function told(request)
  return request[6]
end

-- One more attempt of a request that was counted.
local function join(key, request, lease, shadow_exceeded)
  local said = request[6] or shadow_exceeded
  save(key, {request[1] + 1, request[2] + 1, request[3], request[4], request[5], said}, lease)
end

-- An attempt ended. When it was the last one, and none ran: what the request took, which is to be
-- given back, and from which keys; the request is then forgotten. An attempt that never ends keeps
-- the charge.
local function leave(key, ran, lease)
  local text = redis.call('GET', key)
  if not text then
    return nil
  end
  local request = cmsgpack.unpack(text)
  ran = ran or request[3]
  if request[2] == 1 and not ran then
    redis.call('DEL', key)
    return request[4], request[5]
  end
  save(key, {request[1], request[2] - 1, ran, request[4], request[5], request[6]}, lease)
  return nil
end
