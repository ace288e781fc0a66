-- KEYS  the refusals of a request: of a caller, and of a stranger
-- reply for each the lines of JSON, the newest first, or nothing in its place

return redis.call('MGET', unpack(KEYS))
