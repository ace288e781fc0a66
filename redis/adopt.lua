-- uses clock.lua windows.lua deadlines.lua requests.lua
--
-- Counts a request that a replica admitted while it had no answer from Redis: in every window of every
-- scope as of then, whether or not there is room, and as running if it still does. What is in shadow
-- leaves it out.
--
-- KEYS  the hold, the mark that it was adopted, the request that it is an attempt of, if any, then one
--       key a scope: those with windows first
-- ARGV  lease in ms; hits; 1 for an attempt of a request, else 0; how many ms ago it was admitted; how
--       it ended as settle.lua has it, or nothing while it runs; 1 when its windows were counted before
--       and it only runs on, its lease being over, else 0; then for each scope with windows the
--       number of them and their periods in ms. The keys that are left are of scopes that limit how many
--       run
-- reply 1, or 0 when the hold is known, or was adopted before: its windows do not count it again
--
-- What is written is what admit.lua would have written: so the hold is renewed, settled and cancelled
-- as any other.

-- A replica tells of a request for so long, also when it was not heard that it was adopted; its lease
-- may be over by then.
local TOLD_FOR_MS = 3600000

-- Counts hits in a sub-window that may have passed. What has expired by now is not counted.
local function count_in(w, counted_in, hits)
  local age = w.newest - counted_in
  if age > SUBWINDOWS then
    return
  end
  w.sum = w.sum + hits
  if age == 0 then
    w.current = w.current + hits
    return
  end
  local at = w.first
  while at < w.last and subwindow(w, at) < counted_in do
    at = at + PAIR_SIZE
  end
  local count, behind = 0, at
  if at < w.last and subwindow(w, at) == counted_in then
    local _, before = unpack_(PAIR, w.text, at)
    count, behind = before, at + PAIR_SIZE
  end
  w.text = sub(w.text, w.first, at - 1) .. pack(PAIR, counted_in % 256, count + hits)
    .. sub(w.text, behind, w.last)
  w.first, w.last = 1, #w.text
end

local stored = redis.call('MGET', unpack(KEYS))
if stored[1] then
  return {0}
end

local lease, hits, attempt = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local ended = ARGV[5] ~= ''
local resumed = ARGV[6] == '1'
local paid = resumed or stored[2]
local request = attempt and not paid and stored[3]
local charged = request and open_to_more(request)
local time = now()
local admitted = time - tonumber(ARGV[4])
local first = attempt and 4 or 3
local k, at, taken, scope_keys = first, 7, {hits}, {}
while at <= #ARGV do
  local number = tonumber(ARGV[at])
  if paid then
    taken[#taken + 1] = 0
  elseif not charged then
    local windows, asked = decode(stored[k] or ''), 0
    for _, w in ipairs(windows) do
      advance(w, floor(time * SUBWINDOWS / w.period))
    end
    taken[#taken + 1] = number
    for i = at + 1, at + number do
      local w
      w, asked = ask(windows, asked, tonumber(ARGV[i]), time)
      local counted_in = math.min(w.newest, floor(admitted * SUBWINDOWS / w.period))
      count_in(w, counted_in, hits)
      taken[#taken + 1], taken[#taken + 2], taken[#taken + 3] = w.period, counted_in, w.shifts
    end
    store(KEYS[k], windows, asked, time)
    scope_keys[#scope_keys + 1] = KEYS[k]
  end
  k, at = k + 1, at + number + 1
end

local shared = attempt and not paid and (charged or not request)
if charged then
  join(KEYS[3], charged, lease, false)
elseif shared then
  charge(KEYS[3], taken, scope_keys, lease, false)
end
if ended then
  if shared then
    leave(KEYS[3], true, lease)
  end
  redis.call('SET', KEYS[1], 'settled ' .. ARGV[5], 'PX', lease)
else
  redis.call('SET', KEYS[1], shared and 'a' or 'h' .. cmsgpack.pack(taken), 'PX', lease)
  local sets = deadlines()
  for i = k, #KEYS do
    sets.add(KEYS[i], KEYS[1], time, tonumber(lease))
  end
end
if not paid then
  redis.call('SET', KEYS[2], '1', 'PX', lease + TOLD_FOR_MS)
end
return {(resumed or not paid) and 1 or 0}
