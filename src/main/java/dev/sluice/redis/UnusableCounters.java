package dev.sluice.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that Redis cannot count at a key: it holds something else, or its number is at its end. Once
 * a minute at most, as each request that meets it fails. Safe for use by many threads.
 */
final class UnusableCounters {
  private static final Logger log = LoggerFactory.getLogger(UnusableCounters.class);
  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanos;
  private final AtomicLong due;
  private final AtomicLong unsaid = new AtomicLong();

  /**
   * @param nanos a ticker, as {@link System#nanoTime}
   */
  UnusableCounters(LongSupplier nanos) {
    this.nanos = nanos;
    this.due = new AtomicLong(nanos.getAsLong());
  }

  /**
   * A request was not counted for it.
   *
   * @param failure which names the key
   */
  void met(RedisUnavailable failure) {
    long now = nanos.getAsLong();
    long next = due.get();
    if (now - next < 0 || !due.compareAndSet(next, now + PAUSE_NANOS)) {
      unsaid.incrementAndGet();
      return;
    }
    log.warn(
        "descriptor limits: a key of Redis is no counter that can be counted on: {}. Look at it with"
            + " TYPE and GET; DEL lets it begin anew. {} more such failures since the last such"
            + " line; at most one a minute is logged",
        failure.getMessage(),
        unsaid.getAndSet(0));
  }
}
