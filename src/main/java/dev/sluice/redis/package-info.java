/**
 * The only implementation of the ports {@code Counters} and {@code Accounts}: scripts on Redis.
 *
 * <p>All names of keys are made in {@code Keys} and documented in redis/KEYS.md; all changes are
 * made by the Lua scripts below redis/.
 *
 * <p>May depend on the packages whose ports it implements, and on {@code metrics} and {@code tls}.
 */
@NullMarked
package dev.sluice.redis;

import org.jspecify.annotations.NullMarked;
