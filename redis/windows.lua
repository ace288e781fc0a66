-- Rolling windows: never more than n in any period, at most period/64 stricter.
--
-- Put in front of every script that says "uses windows.lua".
--
-- A period is cut into 64 sub-windows. What is counted in sub-window i stays counted up to and
-- including sub-window i + 64, so it leaves when sub-window i + 65 begins.
--
-- One string holds all windows of a scope, one segment behind the other, little endian:
--
--   period in ms (6 bytes), newest sub-window (6), sum (6), count of the newest sub-window (4),
--   shifts (1), number of pairs (1),
--   then pairs for the sub-windows before it, oldest first: sub-window modulo 256 (1), count (4)
--
-- No pair is more than 64 older than the newest sub-window, so the modulus tells which one it is.
-- A call looks at the pairs that have expired, not at all of them.

local byte, sub, pack, unpack_ = string.byte, string.sub, struct.pack, struct.unpack
local floor, ceil = math.floor, math.ceil

local SUBWINDOWS = 64
local HEADER = '<I6I6I6I4BB'
local PAIR = '<BI4'
local PAIR_SIZE = 5
-- Windows that a call does not ask for stay until they are empty, but not more than these.
local MOST_WINDOWS = 8
local TTL_SLACK = 1000

-- The windows that a stored string holds, in its order. The pairs stay where they are: those of a
-- window are text[first..last].
local function decode(text)
  local windows, n, at, size = {}, 0, 1, #text
  while at <= size do
    local period, newest, sum, current, shifts, pairs, first = unpack_(HEADER, text, at)
    at = first + pairs * PAIR_SIZE
    n = n + 1
    -- Eight fields: one more would double the memory of such a table.
    windows[n] = {
      period = period, newest = newest, sum = sum, current = current, shifts = shifts,
      text = text, first = first, last = at - 1
    }
  end
  return windows
end

-- Writes the windows of a scope, for as long as any of them counts something: the first ones, which
-- were asked for, and of the others those that are not empty.
local function store(key, windows, asked, time)
  local segments, kept, longest = {}, 0, 0
  for i = 1, #windows do
    local w = windows[i]
    if i <= asked or (w.sum > 0 and kept < asked + MOST_WINDOWS) then
      local size = w.last - w.first + 1
      kept = kept + 1
      segments[kept] =
        pack(HEADER, w.period, w.newest, w.sum, w.current, w.shifts, size / PAIR_SIZE)
      if size > 0 then
        segments[kept] = segments[kept] .. sub(w.text, w.first, w.last)
      end
      local left = (w.newest + SUBWINDOWS + 1) * w.period / SUBWINDOWS - time
      if left > longest then
        longest = left
      end
    end
  end
  redis.call('SET', key, table.concat(segments), 'PX', ceil(longest) + TTL_SLACK)
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

-- Moves a window to a sub-window, and drops what has expired. It never goes back, but for a shift.
local function advance(w, current)
  local passed = current - w.newest
  if passed < -SUBWINDOWS then
    shift(w, passed)
  elseif passed > SUBWINDOWS then
    w.first, w.sum, w.current, w.newest = w.last + 1, 0, 0, current
  elseif passed > 0 then
    local text, newest, first, sum = w.text, w.newest, w.first, w.sum
    local oldest = SUBWINDOWS - passed
    while first < w.last and (newest - byte(text, first)) % 256 > oldest do
      local _, count = unpack_(PAIR, text, first)
      sum = sum - count
      first = first + PAIR_SIZE
    end
    w.first, w.sum, w.newest = first, sum, current
    if w.current > 0 then
      w.text = sub(text, first, w.last) .. pack(PAIR, newest % 256, w.current)
      w.first, w.last, w.current = 1, #w.text, 0
    end
  end
end

-- Finds the window with a period, makes an empty one if there is none, and moves it in front of
-- those that were not asked for. Returns it, and how many were asked for.
local function ask(windows, asked, period, time)
  local w = windows[asked + 1]
  if w and w.period == period then
    return w, asked + 1
  end
  for i = 1, #windows do
    w = windows[i]
    if w.period == period then
      if i <= asked then
        return w, asked
      end
      table.insert(windows, asked + 1, table.remove(windows, i))
      return w, asked + 1
    end
  end
  w = {
    period = period, newest = floor(time * SUBWINDOWS / period), sum = 0, current = 0, shifts = 0,
    text = '', first = 1, last = 0
  }
  table.insert(windows, asked + 1, w)
  return w, asked + 1
end

-- Milliseconds until nothing is counted any more.
local function reset(w, time)
  if w.current > 0 then
    return expiry(w, w.newest) - time
  elseif w.last < w.first then
    return 0
  end
  return expiry(w, subwindow(w, w.last - PAIR_SIZE + 1)) - time
end

-- Milliseconds until so many more would pass; 0 when they would now, -1 when they never will.
local function retry(w, limit, hits, time)
  local excess = w.sum + hits - limit
  if excess <= 0 then
    return 0
  elseif hits > limit then
    return -1
  end
  for at = w.first, w.last, PAIR_SIZE do
    local _, count = unpack_(PAIR, w.text, at)
    excess = excess - count
    if excess <= 0 then
      return expiry(w, subwindow(w, at)) - time
    end
  end
  return expiry(w, w.newest) - time
end
