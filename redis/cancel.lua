-- uses clock.lua windows.lua requests.lua
--
-- Ends a hold whose request never ran, and takes back what admit.lua counted, from the very
-- sub-windows it was counted in, as far as they are still there.
--
-- KEYS  the hold, the request that it is an attempt of, if any, then the keys of its scopes in the
--       order in which they were admitted
-- ARGV  lease in ms; 1 for an attempt of a request, else 0; the number of scopes that limit how many
--       run, if any do; these stand last
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

local attempt = ARGV[2] == '1'
local last = #KEYS - (ARGV[3] or 0)
for k = last + 1, #KEYS do
  redis.call('ZREM', KEYS[k], KEYS[1])
end
local hold = redis.call('GET', KEYS[1])
local taken, scope_keys = nil, nil
if hold == 'a' then
  taken, scope_keys = leave(KEYS[2], false, ARGV[1])
elseif hold and byte(hold) == byte('h') then
  taken, scope_keys = cmsgpack.unpack(sub(hold, 2)), {}
  for k = attempt and 3 or 2, last do
    scope_keys[#scope_keys + 1] = KEYS[k]
  end
elseif hold then
  return {0}
end
if taken then
  local time = now()
  local hits, at = taken[1], 2
  for _, key in ipairs(scope_keys) do
    if not taken[at] then
      -- Those that are left are in shadow, and counted nothing.
      break
    end
    local text = redis.call('GET', key)
    local windows = decode(text or '')
    local after = at + 3 * taken[at] + 1
    for i = at + 1, after - 1, 3 do
      take_back(windows, taken[i], taken[i + 1], taken[i + 2], hits)
    end
    at = after
    if text then
      store(key, windows, #windows, time)
    end
  end
end
redis.call('SET', KEYS[1], 'cancelled', 'PX', ARGV[1])
return {hold and 1 or 0}
