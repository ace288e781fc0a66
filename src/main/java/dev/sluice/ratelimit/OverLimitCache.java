package dev.sluice.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Remembers the counters that are over their limit until they begin anew, so that nobody asks Redis
 * about them meanwhile. Bounded by bytes; what is forgotten is only asked for again.
 *
 * <p>Safe for use by many threads; does not block.
 */
public final class OverLimitCache {
  /** What an entry takes beside its key, roughly. */
  private static final int ENTRY_BYTES = 128;

  private final Cache<String, Over> known;
  private final LongSupplier nanos;

  /** Over which limit, and until when by the ticker. */
  private record Over(long limit, long untilNanos) {}

  /**
   * @param bytes of memory, roughly; 1 or more
   * @param nanos a ticker, as {@link System#nanoTime}
   */
  public OverLimitCache(long bytes, LongSupplier nanos) {
    this.nanos = nanos;
    this.known =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((String key, Over over) -> key.length() + ENTRY_BYTES)
            .expireAfter(
                Expiry.<String, Over>writing(
                    (key, over) -> Duration.ofNanos(over.untilNanos - nanos.getAsLong())))
            .ticker(nanos::getAsLong)
            // No other thread has to be woken for the little that there is to tidy up.
            .executor(Runnable::run)
            .build();
  }

  /** A counter is over a limit for so long, whatever comes. */
  void put(String key, long limit, long millis) {
    known.put(key, new Over(limit, nanos.getAsLong() + millis * 1_000_000));
  }

  /**
   * For how many milliseconds a counter will be over a limit; empty when that is not known. What is
   * over one limit is over each lower one, and perhaps not over one that was raised since.
   */
  Optional<Long> millisOver(String key, long limit) {
    Over over = known.getIfPresent(key);
    if (over == null || over.limit < limit) {
      return Optional.empty();
    }
    // The cache drops entries in time, but is not exact to the second.
    long left = over.untilNanos - nanos.getAsLong();
    return left <= 0 ? Optional.empty() : Optional.of(left / 1_000_000);
  }
}
