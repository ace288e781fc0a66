-- uses clock.lua
--
-- Keeps refusals for a while, so that they can be looked up by the id of their request.
--
-- KEYS  the ids of the requests, then the refusals of each request
-- ARGV  for how long in ms; of how many requests at most; what the keys of the refusals start with;
--       then for each request its id and the refusal, one line of JSON
-- reply how many requests were dropped for want of room
--
-- Clients choose ids, so one may be refused any number of times: a value has the last few lines.

local MOST_LINES, MOST_BYTES = 5, 8192
-- What a call clears away at most, so that it stays short.
local MOST_CLEARED = 200

local time = now()
local keep, most, prefix = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
for k = 2, #KEYS do
  local id, lines = ARGV[2 * k], ARGV[2 * k + 1]
  local before = redis.call('GET', KEYS[k])
  if before then
    local number = 1
    for line in string.gmatch(before, '[^\n]+') do
      number = number + 1
      if number > MOST_LINES or #lines + 1 + #line > MOST_BYTES then
        break
      end
      lines = lines .. '\n' .. line
    end
  end
  redis.call('SET', KEYS[k], lines, 'PX', keep)
  redis.call('ZADD', KEYS[1], time, id)
end
redis.call('PEXPIRE', KEYS[1], keep)

local over = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', time - keep, 'LIMIT', 0, MOST_CLEARED)
if #over > 0 then
  redis.call('ZREM', KEYS[1], unpack(over))
end
local excess = math.min(redis.call('ZCARD', KEYS[1]) - most, MOST_CLEARED)
if excess <= 0 then
  return {0}
end
local oldest = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '+inf', 'LIMIT', 0, excess)
redis.call('ZREM', KEYS[1], unpack(oldest))
for i = 1, #oldest do
  oldest[i] = prefix .. oldest[i]
end
redis.call('UNLINK', unpack(oldest))
return {#oldest}
