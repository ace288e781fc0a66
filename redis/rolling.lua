-- uses clock.lua windows.lua
--
-- Counts the hits of several requests, one after the other, against a rolling limit of Envoy's
-- descriptors.
--
-- KEYS  the window
-- ARGV  its period in ms, the limit, then the hits of each request (0: only look)
-- reply for each request: the count with its hits, more than the limit when it is over it; ms until
--       nothing is counted any more, or, over the limit, until as many hits would pass
--
-- What is refused does not count, but for a request of several hits that goes over with the last of
-- them: its hits may have been used already (Envoy's apply_on_stream_done tells of tokens when a stream
-- has ended), and whoever uses more than is left would else never pay.

local time = now()
local period, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local windows = decode(redis.call('GET', KEYS[1]) or '')
local w = ask(windows, 0, period, time)
advance(w, floor(time * SUBWINDOWS / period))

-- Until as many hits would pass, while nothing is counted in between.
local waits = {}
local function wait(hits)
  if not waits[hits] then
    local left = retry(w, limit, hits, time)
    waits[hits] = left < 0 and reset(w, time) or left
  end
  return waits[hits]
end

local reply, counted = {}, false
for i = 3, #ARGV do
  local hits = tonumber(ARGV[i])
  local asked = hits > 0 and hits or 1
  local value = w.sum + hits
  local over = w.sum + asked > limit
  if hits > 0 and w.sum < limit then
    w.sum, w.current = value, w.current + hits
    counted, waits = true, {}
  end
  reply[#reply + 1] = (over and hits == 0) and limit + 1 or value
  reply[#reply + 1] = over and wait(asked) or reset(w, time)
end
if counted or w.shifted then
  store(KEYS[1], windows, 1, time)
end
return reply
