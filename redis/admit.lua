-- uses windows.lua requests.lua
--
-- Counts a request in every window of every scope, or in none.
--
-- KEYS  the organization's version, the hold, the request that it is an attempt of, if any, then one
--       key a scope
-- ARGV  the version that the caller knew; lease in ms; hits; 1 for an attempt of a request, else 0;
--       then for each scope the number of its windows, and for each window its period in ms and its
--       limit
-- reply status, then for each window: used, ms until it is empty, ms until as many hits would pass
--       (0: now, -1: never)
--
-- Attempts of one request share one charge, that of the first of them, up to MOST_ATTEMPTS.
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
local attempt = ARGV[4] == '1'
local request = attempt and stored[3]
local charged = open_to_more(request)
local first = attempt and 4 or 3
local time = now()
-- By scope: its windows, and how many of them were asked for. By window of ARGV: itself, its limit.
local scopes, numbers, asked, limits = {}, {}, {}, {}
local total, at, room, shifted = 0, 5, true, false
for k = first, #KEYS do
  local windows, number = decode(stored[k] or ''), 0
  for i = 1, #windows do
    local w = windows[i]
    local current = floor(time * SUBWINDOWS / w.period)
    if current ~= w.newest then
      advance(w, current)
      shifted = shifted or w.shifted
    end
  end
  local last = at + 2 * ARGV[at]
  for i = at + 1, last, 2 do
    local w
    w, number = ask(windows, number, tonumber(ARGV[i]), time)
    local limit = tonumber(ARGV[i + 1])
    total = total + 1
    asked[total], limits[total] = w, limit
    room = room and w.sum + hits <= limit
  end
  scopes[k], numbers[k] = windows, number
  at = last + 1
end

if charged and not hold then
  join(KEYS[3], charged, ARGV[2])
  redis.call('SET', KEYS[2], 'a', 'PX', ARGV[2])
elseif room and not hold then
  -- What cancel.lua needs to take it back: the hits, then for each scope the number of windows, and
  -- for each window its period, sub-window and shifts.
  local taken, n = {hits}, 1
  for k = first, #KEYS do
    local windows, number = scopes[k], numbers[k]
    n = n + 1
    taken[n] = number
    for i = 1, number do
      local w = windows[i]
      w.sum, w.current = w.sum + hits, w.current + hits
      taken[n + 1], taken[n + 2], taken[n + 3] = w.period, w.newest, w.shifts
      n = n + 3
    end
    store(KEYS[k], windows, number, time)
  end
  if attempt and not request then
    local scope_keys = {}
    for k = first, #KEYS do
      scope_keys[#scope_keys + 1] = KEYS[k]
    end
    charge(KEYS[3], taken, scope_keys, ARGV[2])
    redis.call('SET', KEYS[2], 'a', 'PX', ARGV[2])
  else
    redis.call('SET', KEYS[2], 'h' .. cmsgpack.pack(taken), 'PX', ARGV[2])
  end
elseif shifted then
  for k = first, #KEYS do
    store(KEYS[k], scopes[k], numbers[k], time)
  end
end

local reply, n = {(room or hold or charged) and HELD or EXCEEDED}, 1
for i = 1, total do
  local w = asked[i]
  reply[n + 1] = w.sum
  reply[n + 2] = reset(w, time)
  reply[n + 3] = retry(w, limits[i], hits, time)
  n = n + 3
end
return reply
