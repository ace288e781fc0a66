-- uses windows.lua
--
-- Ends a hold whose request never ran, and takes back what admit.lua counted, from the very
-- sub-windows it was counted in, as far as they are still there.
--
-- KEYS  the hold, then the keys of its scopes in the order in which they were admitted
-- ARGV  lease in ms
-- reply 1, or 0 when it was not held
--
-- A hold that is not there gets its tombstone too: so an admit that comes after its cancel counts
-- nothing.

-- Takes hits back from the window that they went to.
local function take_back(windows, period, counted_in, shifts, hits)
  for _, w in ipairs(windows) do
    local age = w.newest - counted_in
    if w.period == period and w.shifts == shifts and age >= 0 and age <= SUBWINDOWS then
      if age == 0 then
        hits = math.min(hits, w.current)
        w.current, w.sum = w.current - hits, w.sum - hits
        return
      end
      for at = w.first, w.last, PAIR_SIZE do
        local mark, count = unpack_(PAIR, w.text, at)
        if mark == counted_in % 256 then
          hits = math.min(hits, count)
          local rest = count > hits and pack(PAIR, mark, count - hits) or ''
          w.text = sub(w.text, w.first, at - 1) .. rest .. sub(w.text, at + PAIR_SIZE, w.last)
          w.first, w.last = 1, #w.text
          w.sum = w.sum - hits
          return
        end
      end
    end
  end
end

local hold = redis.call('GET', KEYS[1])
if hold and byte(hold) ~= byte('h') then
  return {0}
end
if hold then
  local time = now()
  local taken = cmsgpack.unpack(sub(hold, 2))
  local hits, at = taken[1], 2
  for k = 2, #KEYS do
    local text = redis.call('GET', KEYS[k])
    local windows = decode(text or '')
    local last = at + 3 * taken[at]
    for i = at + 1, last, 3 do
      take_back(windows, taken[i], taken[i + 1], taken[i + 2], hits)
    end
    at = last + 1
    if text then
      store(KEYS[k], windows, #windows, time)
    end
  end
end
redis.call('SET', KEYS[1], 'cancelled', 'PX', ARGV[1])
return {hold and 1 or 0}
