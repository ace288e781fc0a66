-- Requests that are tried several times, and charged once.
--
-- Put in front of every script that says "uses ... requests.lua".
--
-- A request's key holds, in MessagePack: how many of its attempts have not ended, whether one of them
-- ran, and what the first one took of its windows. The hold of an attempt is just "a".

local function save(key, attempts, ran, taken, lease)
  redis.call('SET', key, cmsgpack.pack({attempts, ran, taken}), 'PX', lease)
end

-- The first attempt was counted.
local function charge(key, taken, lease)
  save(key, 1, false, taken, lease)
end

-- One more attempt of a request that was counted.
local function join(key, text, lease)
  local request = cmsgpack.unpack(text)
  save(key, request[1] + 1, request[2], request[3], lease)
end

-- An attempt ended. When it was the last one, and none ran: what the request took, which is to be
-- given back, and the request is forgotten. An attempt that never ends keeps the charge.
local function leave(key, ran, lease)
  local text = redis.call('GET', key)
  if not text then
    return nil
  end
  local request = cmsgpack.unpack(text)
  ran = ran or request[2]
  if request[1] == 1 and not ran then
    redis.call('DEL', key)
    return request[3]
  end
  save(key, request[1] - 1, ran, request[3], lease)
  return nil
end
