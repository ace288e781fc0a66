-- uses windows.lua
--
-- Counts a request in every window of every scope, or in none.
--
-- KEYS  the organization's version, the hold, then one key a scope
-- ARGV  the version that the caller knew; lease in ms; hits; then for each scope the number of its
--       windows, and for each window its period in ms and its limit
-- reply status, then for each window: used, ms until it is empty, ms until as many hits would pass
--       (0: now, -1: never)
--
-- A refused call counts nothing. It writes only when the clock went back by more than a period,
-- because what it measured would else start afresh with each call.

local HELD, EXCEEDED, STALE, CANCELLED = 0, 1, 2, 3

local stored = redis.call('MGET', unpack(KEYS))
if (stored[1] or '0') ~= ARGV[1] then
  return {STALE}
end
local hold = stored[2]
if hold and byte(hold) == byte('c') then
  return {CANCELLED}
end

local hits = tonumber(ARGV[3])
local time = now()
local scopes, asked, limits = {}, {}, {}
local room = true
local at = 4
for k = 3, #KEYS do
  local windows = decode(stored[k] or '')
  for _, w in ipairs(windows) do
    advance(w, time)
  end
  local last = at + 2 * ARGV[at]
  for i = at + 1, last, 2 do
    local w, limit = window(windows, tonumber(ARGV[i]), time), tonumber(ARGV[i + 1])
    w.asked = true
    asked[#asked + 1] = w
    limits[#limits + 1] = limit
    room = room and w.sum + hits <= limit
  end
  scopes[k] = windows
  at = last + 1
end

if room and not hold then
  -- What cancel.lua needs to take it back: h, the hits, then for each scope the number of windows,
  -- and for each window its period, sub-window and shifts.
  local taken = {'h', pack('<I4', hits)}
  for k = 3, #KEYS do
    local windows, entries = scopes[k], {}
    for _, w in ipairs(windows) do
      if w.asked then
        count(w, hits)
        entries[#entries + 1] = pack('<I6I6B', w.period, w.newest, w.shifts)
      end
    end
    taken[#taken + 1] = string.char(#entries) .. table.concat(entries)
    store(KEYS[k], windows, time)
  end
  redis.call('SET', KEYS[2], table.concat(taken), 'PX', ARGV[2])
else
  for k = 3, #KEYS do
    for _, w in ipairs(scopes[k]) do
      if w.shifted then
        store(KEYS[k], scopes[k], time)
        break
      end
    end
  end
end

local reply = {(room or hold) and HELD or EXCEEDED}
for i, w in ipairs(asked) do
  local n = #reply
  reply[n + 1] = w.sum
  reply[n + 2] = reset(w, time)
  reply[n + 3] = retry(w, limits[i], hits, time)
end
return reply
