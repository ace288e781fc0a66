-- Says since when the uses of keys are recorded, if nothing says so yet.
--
-- KEYS  sluice:key-uses-since
-- reply the time in ms

local time = redis.call('TIME')
redis.call('SET', KEYS[1], time[1] .. string.format('%03d', math.floor(time[2] / 1000)), 'NX')
return {redis.call('GET', KEYS[1])}
