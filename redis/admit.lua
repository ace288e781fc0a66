-- uses clock.lua windows.lua deadlines.lua requests.lua
--
-- Counts a request in every window of every scope, as running in every scope that limits how many
-- run, and its end user among those of every record that has limits per end user; or in none of all
-- these.
--
-- A limit in shadow is given as -(limit + 1). It refuses nothing, and counts as if it did: those in
-- shadow count a request when all of them have room for it, and else none of them does. They count
-- under keys of their own, so they never are in the way of those that are enforced.
--
-- KEYS  the organization's version, the hold, the request that it is an attempt of, if any, then one
--       key a scope: those with windows, the enforced before those in shadow; those that limit how
--       many run; those of end users
-- ARGV  the version that the caller knew; lease in ms; hits; 1 for an attempt of a request, else 0;
--       then for each scope the number of its windows, and for each window its period in ms and its
--       limit; a scope that limits how many run has 0 windows, and then how many may run; one of
--       end users has -1, then how many may be counted at a time, the longest period in ms for
--       which one is, and the hash of the end user. No key has limits both in shadow and not
-- reply status, then for each window: used, ms until it is empty, ms until as many hits would pass
--       (0: now, -1: never); for each scope that limits how many run: how many do; for each of end
--       users: how many are counted, ms until this one would be (0: now, -1: never)
--
-- Attempts of one request share one charge, that of the first of them, up to MOST_ATTEMPTS; but each
-- runs by itself. One that shares a charge says nothing of windows in shadow: the first has.
--
-- A refused call counts nothing. It writes only what clears away holds that are over, and when the
-- clock went back, because what it measured would else start afresh with each call.

local HELD, EXCEEDED, STALE, CANCELLED, SHADOW_EXCEEDED = 0, 1, 2, 3, 4

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
local charged = request and open_to_more(request)
local first = attempt and 4 or 3
local time = now()
-- By scope: its windows, and how many of them were asked for. By window of ARGV: itself, its limit.
local scopes, numbers, asked, limits = {}, {}, {}, {}
local total, at, last, room, shifted = 0, 5, #KEYS, true, false
-- The first scope with windows in shadow, and whether all of these have room.
local shadow_first, shadow_room = nil, true
for k = first, last do
  if ARGV[at] == '0' or ARGV[at] == '-1' then
    last = k - 1
    break
  end
  local windows, number = decode(stored[k] or ''), 0
  for i = 1, #windows do
    local w = windows[i]
    local current = floor(time * SUBWINDOWS / w.period)
    if current ~= w.newest then
      advance(w, current)
      shifted = shifted or w.shifted
    end
  end
  local behind = at + 2 * ARGV[at]
  for i = at + 1, behind, 2 do
    local w
    w, number = ask(windows, number, tonumber(ARGV[i]), time)
    local limit = tonumber(ARGV[i + 1])
    total = total + 1
    if limit < 0 then
      limit = -limit - 1
      shadow_first = shadow_first or k
      shadow_room = shadow_room and w.sum + hits <= limit
    else
      room = room and w.sum + hits <= limit
    end
    asked[total], limits[total] = w, limit
  end
  scopes[k], numbers[k] = windows, number
  at = behind + 1
end
-- By scope with a set: what this request would add to it.
local sets, joins, may_join, shadow_join = nil, nil, true, true
if last < #KEYS then
  local lease = tonumber(ARGV[2])
  sets, joins = deadlines(), {}
  for k = last + 1, #KEYS do
    local limit, join = tonumber(ARGV[at + 1]), nil
    if ARGV[at] == '-1' then
      local longest = ceil(ARGV[at + 2] * (SUBWINDOWS + 1) / SUBWINDOWS)
      join = {member = ARGV[at + 3], lasts = math.max(longest, lease), end_user = true}
      join.counted = sets.has(KEYS[k], join.member, time)
      at = at + 4
    else
      join = {member = KEYS[2], lasts = lease}
      at = at + 2
    end
    join.count = sets.count(KEYS[k], time, join.lasts)
    join.shadow = limit < 0
    join.limit = join.shadow and -limit - 1 or limit
    local fits = join.counted or join.count + hits <= join.limit
    if join.shadow then
      shadow_join = shadow_join and fits
    else
      may_join = may_join and fits
    end
    joins[k] = join
  end
end

local passes = not hold and may_join and (room or charged)
local shadow_passes = shadow_join and (shadow_room or charged)
if passes and charged then
  join(KEYS[3], charged, ARGV[2], not shadow_passes)
  redis.call('SET', KEYS[2], 'a', 'PX', ARGV[2])
elseif passes then
  local last_counting = (shadow_passes or not shadow_first) and last or shadow_first - 1
  -- What cancel.lua needs to take it back: the hits, then for each scope that counted it the number of
  -- its windows, and for each of these its period, sub-window and shifts.
  local taken, n = {hits}, 1
  for k = first, last_counting do
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
  for k = last_counting + 1, shifted and last or last_counting do
    store(KEYS[k], scopes[k], numbers[k], time)
  end
  if attempt and not request then
    local scope_keys = {}
    for k = first, last_counting do
      scope_keys[#scope_keys + 1] = KEYS[k]
    end
    charge(KEYS[3], taken, scope_keys, ARGV[2], not shadow_passes)
    redis.call('SET', KEYS[2], 'a', 'PX', ARGV[2])
  else
    redis.call('SET', KEYS[2], 'h' .. cmsgpack.pack(taken), 'PX', ARGV[2])
  end
elseif shifted then
  for k = first, last do
    store(KEYS[k], scopes[k], numbers[k], time)
  end
end
if passes and sets then
  for k = last + 1, #KEYS do
    local join = joins[k]
    if shadow_passes or not join.shadow then
      sets.add(KEYS[k], join.member, time, join.lasts)
      join.count = join.count + (join.counted and 0 or hits)
      join.counted = true
    end
  end
end

local status = (passes or hold) and HELD or EXCEEDED
if passes and not shadow_passes and not (charged and told(charged)) then
  status = SHADOW_EXCEEDED
end
-- What its request has paid is not in the way of an attempt.
local paid = charged and status ~= HELD
local reply, n = {status}, 1
for i = 1, total do
  local w = asked[i]
  reply[n + 1] = w.sum
  reply[n + 2] = reset(w, time)
  reply[n + 3] = paid and 0 or retry(w, limits[i], hits, time)
  n = n + 3
end
for k = last + 1, #KEYS do
  local join = joins[k]
  reply[#reply + 1] = join.count
  if join.end_user then
    local fits = join.counted or join.count + hits <= join.limit
    reply[#reply + 1] = fits and 0 or sets.next_over(KEYS[k], time)
  end
end
return reply
