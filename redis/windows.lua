-- Rolling windows: never more than n in any period, at most period/64 stricter.
--
-- Put in front of every script that says "uses windows.lua".
--
-- A period is cut into 64 sub-windows. What is counted in sub-window i stays counted up to and
-- including sub-window i + 64, so it leaves when sub-window i + 65 begins.
--
-- One string holds all windows of a scope, one segment behind the other, little endian:
--
--   period in ms (6 bytes), newest sub-window (6), sum (6), shifts (1), number of pairs (1),
--   then the pairs, oldest first: sub-window modulo 256 (1), count (4)
--
-- No pair is more than 64 older than the newest sub-window, so the modulus tells which one it is.
-- A call looks at the pairs that have expired and at the last one, not at all of them.

local byte, sub, pack, unpack_ = string.byte, string.sub, struct.pack, struct.unpack
local floor, ceil = math.floor, math.ceil

local SUBWINDOWS = 64
local HEADER = '<I6I6I6BB'
local PAIR = '<BI4'
local PAIR_SIZE = 5
-- Windows that are no longer asked for stay until they are empty, but not more than these.
local MOST_WINDOWS = 8
local TTL_SLACK = 1000

-- Milliseconds since the epoch.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + floor(time[2] / 1000)
end

-- The windows that a stored string holds, in its order. The pairs stay where they are: those of a
-- window are text[first..last].
local function decode(text)
  local windows, at = {}, 1
  while at <= #text do
    local period, newest, sum, shifts, pairs, first = unpack_(HEADER, text, at)
    at = first + pairs * PAIR_SIZE
    windows[#windows + 1] = {
      period = period, newest = newest, sum = sum, shifts = shifts,
      text = text, first = first, last = at - 1, tail = ''
    }
  end
  return windows
end

-- The string that decode reads.
local function encode(windows)
  local segments = {}
  for _, w in ipairs(windows) do
    local pairs = (w.last - w.first + 1 + #w.tail) / PAIR_SIZE
    if w.asked or (pairs > 0 and #segments < MOST_WINDOWS) then
      segments[#segments + 1] = pack(HEADER, w.period, w.newest, w.sum, w.shifts, pairs)
        .. sub(w.text, w.first, w.last) .. w.tail
    end
  end
  return table.concat(segments)
end

-- When what was counted in a sub-window is no longer counted.
local function expiry(w, subwindow)
  return ceil((subwindow + SUBWINDOWS + 1) * w.period / SUBWINDOWS)
end

-- The sub-window of the pair that starts at a position.
local function subwindow(w, at)
  return w.newest - (w.newest - byte(w.text, at)) % 256
end

-- The clock went back by more than a period. The pairs move with it and keep their distances: so
-- nothing is forgotten early, and nothing is kept for longer than a period from now.
local function shift(w, by)
  local moved = {}
  for at = w.first, w.last, PAIR_SIZE do
    local mark, count = unpack_(PAIR, w.text, at)
    moved[#moved + 1] = pack(PAIR, (mark + by) % 256, count)
  end
  w.text = table.concat(moved)
  w.first, w.last = 1, #w.text
  w.newest = w.newest + by
  w.shifts = (w.shifts + 1) % 256
  w.shifted = true
end

-- Moves a window to a time, and drops what has expired. Its time never goes back.
local function advance(w, time)
  local current = floor(time * SUBWINDOWS / w.period)
  if w.newest - current > SUBWINDOWS then
    shift(w, current - w.newest)
  end
  local passed = current - w.newest
  if passed <= 0 then
    return
  end
  if passed > SUBWINDOWS then
    w.first, w.sum = w.last + 1, 0
  else
    local oldest, first, sum = SUBWINDOWS - passed, w.first, w.sum
    while first < w.last and (w.newest - byte(w.text, first)) % 256 > oldest do
      local _, count = unpack_(PAIR, w.text, first)
      sum = sum - count
      first = first + PAIR_SIZE
    end
    w.first, w.sum = first, sum
  end
  w.newest = current
end

-- The window with a period; a new one is empty.
local function window(windows, period, time)
  for _, w in ipairs(windows) do
    if w.period == period then
      return w
    end
  end
  local w = {
    period = period, newest = floor(time * SUBWINDOWS / period), sum = 0, shifts = 0,
    text = '', first = 1, last = 0, tail = ''
  }
  windows[#windows + 1] = w
  return w
end

-- Counts in the current sub-window.
local function count(w, hits)
  local mark, counted = w.newest % 256, hits
  local at = w.last - PAIR_SIZE + 1
  if at >= w.first and byte(w.text, at) == mark then
    local _, before = unpack_(PAIR, w.text, at)
    counted = before + hits
    w.last = at - 1
  end
  w.tail = pack(PAIR, mark, counted)
  w.sum = w.sum + hits
end

-- Milliseconds until nothing is counted any more.
local function reset(w, time)
  if #w.tail > 0 then
    return expiry(w, w.newest) - time
  end
  if w.last < w.first then
    return 0
  end
  return expiry(w, subwindow(w, w.last - PAIR_SIZE + 1)) - time
end

-- Milliseconds until so many more would pass; 0 when they would now, -1 when they never will.
local function retry(w, limit, hits, time)
  local excess = w.sum + hits - limit
  if excess <= 0 then
    return 0
  end
  if hits > limit then
    return -1
  end
  for at = w.first, w.last, PAIR_SIZE do
    local _, counted = unpack_(PAIR, w.text, at)
    excess = excess - counted
    if excess <= 0 then
      return expiry(w, subwindow(w, at)) - time
    end
  end
  return expiry(w, w.newest) - time
end

-- Writes the windows of a scope, for as long as any of them counts something.
local function store(key, windows, time)
  local latest = 0
  for _, w in ipairs(windows) do
    latest = math.max(latest, expiry(w, w.newest))
  end
  redis.call('SET', key, encode(windows), 'PX', latest - time + TTL_SLACK)
end
