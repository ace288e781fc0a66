-- Tries each command that Sluice runs, so that a permission that the user lacks is told by name when
-- a connection is made, and not by the first script that needs it in its middle.
--
-- KEYS  a key of its own, which is gone afterwards
-- reply the commands that the user may not run

local key = KEYS[1]
local attempts = {
  {'SET', key, '', 'PX', 1000}, {'GET', key}, {'MGET', key}, {'EXISTS', key}, {'SETNX', key, ''},
  {'PEXPIRE', key, 1000}, {'EXPIRE', key, 1}, {'TYPE', key}, {'TIME'}, {'SCAN', '0', 'COUNT', 1},
  -- From here on the key has another type: none of these changes anything.
  {'INCRBY', key, 1}, {'ZADD', key, 0, ''}, {'ZREM', key, ''}, {'ZCARD', key},
  {'ZRANGEBYLEX', key, '-', '+', 'LIMIT', 0, 1}, {'ZRANGEBYSCORE', key, 0, 0},
  {'ZCOUNT', key, 0, 0}, {'ZSCORE', key, ''}, {'ZMSCORE', key, ''},
  {'XREVRANGE', key, '+', '-', 'COUNT', 1}, {'XADD', key, 'MAXLEN', '~', 1, '*', 'a', ''},
  {'UNLINK', key}, {'DEL', key}
}
local lacking = {}
for _, attempt in ipairs(attempts) do
  local reply = redis.pcall(unpack(attempt))
  local err = type(reply) == 'table' and reply.err
  if err and (string.find(err, "can't run this command", 1, true)
    or string.find(err, 'NOPERM', 1, true) or string.find(err, 'ACL failure', 1, true)) then
    lacking[#lacking + 1] = attempt[1]
  end
end
return lacking
