package dev.sluice;

import dev.sluice.redis.RedisConnections;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far a Redis is, and how long calls to it may take. */
record RedisDistance(String redis, RedisConnections connections, RedisTimeout timeout) {
  private static final Logger log = LoggerFactory.getLogger(RedisDistance.class);
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /** Of the shortest round trip; others wait for their turn, here or there. */
  private static final int ROOM = 3;

  /**
   * Warns when a round trip takes more than half of the timeout. Blocks, for three seconds at most.
   */
  void measure() {
    connections.roundTrip(PATIENCE).ifPresent(this::compare);
  }

  private void compare(Duration trip) {
    if (trip.multipliedBy(2).compareTo(timeout.time()) <= 0) {
      return;
    }
    log.warn(
        "{} answers within {} ms at best, but {} is {} ms: what takes longer is answered as in an"
            + " outage. Set it to {}ms or more, and let the edge wait longer than that (Envoy's"
            + " rate limit filter waits 20 ms unless its timeout says more); or use a Redis that is"
            + " nearer",
        redis,
        String.format(
            Locale.ROOT, "%.1f", trip.toNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1)),
        timeout.setting(),
        timeout.time().toMillis(),
        trip.multipliedBy(ROOM).toMillis() + 1);
  }
}
