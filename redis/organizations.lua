-- A page of the index of all organizations.
--
-- KEYS  the index
-- ARGV  the id after which the page begins, or nothing; how many at most
-- reply the ids

return redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1] == '' and '-' or '(' .. ARGV[1], '+',
  'LIMIT', 0, ARGV[2])
