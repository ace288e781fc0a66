-- Members with deadlines: never more at once than a limit says.
--
-- Put in front of every script that says "uses ... deadlines.lua".
--
-- A sorted set: its members by the time in ms at which each is over unless it is prolonged. What is
-- over no longer counts, whether or not it has been cleared away. So are kept, for each scope that
-- limits how many run, the keys of the holds; and for each record with limits per end user, the
-- hashes of the end users that are counted.

-- The functions are made by one, because most decisions need none of them.
local function deadlines()
  -- What a call clears away at most, so that it stays short after many were over at once.
  local MOST_CLEARED = 100
  local TTL_SLACK = 1000

  -- How many there are. A member that ends later than it can have been given ends that much from now:
  -- the clock went back, and a limit must not stay full until it has caught up.
  local function count(key, time, lasts)
    local over = redis.call('ZRANGEBYSCORE', key, '-inf', time, 'LIMIT', 0, MOST_CLEARED)
    if #over > 0 then
      redis.call('ZREM', key, unpack(over))
    end
    local last = time + lasts
    local ahead = redis.call('ZRANGEBYSCORE', key, '(' .. last, '+inf', 'LIMIT', 0, MOST_CLEARED)
    for i = 1, #ahead do
      redis.call('ZADD', key, last, ahead[i])
    end
    return redis.call('ZCOUNT', key, '(' .. time, '+inf')
  end

  -- A member is there, from now on for so long.
  local function add(key, member, time, lasts)
    redis.call('ZADD', key, time + lasts, member)
    redis.call('PEXPIRE', key, lasts + TTL_SLACK)
  end

  local function has(key, member, time)
    local over = redis.call('ZSCORE', key, member)
    return over and tonumber(over) > time
  end

  -- Milliseconds until one is over; -1 when there is none.
  local function next_over(key, time)
    local first = redis.call('ZRANGEBYSCORE', key, '(' .. time, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
    return first[2] and math.ceil(tonumber(first[2]) - time) or -1
  end

  return {count = count, add = add, has = has, next_over = next_over}
end
