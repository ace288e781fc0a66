-- KEYS  the organization's times of last use
-- ARGV  the ids of keys
-- reply for each the time in ms, or nothing in its place

return redis.call('ZMSCORE', KEYS[1], unpack(ARGV))
