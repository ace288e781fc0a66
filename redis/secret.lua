-- Agrees on a secret: the first one that is offered holds.
--
-- KEYS  the secret
-- ARGV  a new secret, in hex
-- reply the one that holds

redis.call('SET', KEYS[1], ARGV[1], 'NX')
return {redis.call('GET', KEYS[1])}
