-- Requests that run: never more at once than a limit says.
--
-- Put in front of every script that says "uses ... running.lua".
--
-- A sorted set for each scope: the key of each hold, by the time in ms at which it is over unless it
-- is renewed. What is over no longer counts, whether or not it has been cleared away.

-- The functions are made by one, because most decisions need none of them.
local function running()
  -- What a call clears away at most, so that it stays short after many holds have died at once.
  local MOST_CLEARED = 100
  local TTL_SLACK = 1000

  -- How many run. A hold that ends later than it can have been given ends a lease from now: the clock
  -- went back, and a limit must not stay full until it has caught up.
  local function count(key, time, lease)
    local over = redis.call('ZRANGEBYSCORE', key, '-inf', time, 'LIMIT', 0, MOST_CLEARED)
    if #over > 0 then
      redis.call('ZREM', key, unpack(over))
    end
    local last = time + lease
    local ahead = redis.call('ZRANGEBYSCORE', key, '(' .. last, '+inf', 'LIMIT', 0, MOST_CLEARED)
    for i = 1, #ahead do
      redis.call('ZADD', key, last, ahead[i])
    end
    return redis.call('ZCOUNT', key, '(' .. time, '+inf')
  end

  -- A hold runs for a lease from now.
  local function run(key, hold, time, lease)
    redis.call('ZADD', key, time + lease, hold)
    redis.call('PEXPIRE', key, lease + TTL_SLACK)
  end

  return {count = count, run = run}
end
