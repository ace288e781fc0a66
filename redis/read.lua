-- KEYS  a record
-- reply its JSON, or nothing in its place

return redis.call('MGET', KEYS[1])
