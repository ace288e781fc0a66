package dev.sluice.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.sluice.ratelimit.RateLimitCounters.Hits;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Counts in this process while the shared counters are away: up to this replica's share of each
 * limit, which is a part of it as large as that of each other replica.
 *
 * <p>It knows nothing of what was counted before. Of more than {@value #MOST_KEYS} keys at a time
 * those that were asked for least begin anew.
 *
 * <p>Safe for use by many threads.
 */
public final class LocalShare {
  private static final int MOST_KEYS = 50_000;

  /** The cache is not exact to the second. */
  private static final long SLACK_MILLIS = 2_000;

  private final IntSupplier replicas;
  private final LongSupplier nanos;
  private final Cache<String, LocalWindow> windows;

  /**
   * @param replicas how many there are, this one included; less than 1 counts as 1
   * @param nanos a ticker, as {@link System#nanoTime}
   */
  public LocalShare(IntSupplier replicas, LongSupplier nanos) {
    this.replicas = replicas;
    this.nanos = nanos;
    this.windows =
        Caffeine.newBuilder()
            .maximumSize(MOST_KEYS)
            .expireAfter(
                Expiry.<String, LocalWindow>accessing(
                    (key, window) -> Duration.ofMillis(window.lifeMillis() + SLACK_MILLIS)))
            .ticker(nanos::getAsLong)
            .executor(Runnable::run)
            .build();
  }

  /** As {@link RateLimitCounters#count} would, if the other replicas had used their shares up. */
  Counts count(List<Hits> hits) {
    Counts counts = new Counts(hits.size());
    long millis = nanos.getAsLong() / 1_000_000;
    for (int i = 0; i < hits.size(); i++) {
      Hits its = hits.get(i);
      Limit limit = its.limit();
      long share = limit.requests() / Math.max(1, replicas.getAsInt());
      LocalWindow window = windows.get(its.key(), key -> new LocalWindow(limit.seconds()));
      long used =
          limit.rolling()
              ? window.countRolling(its.hits(), share, millis)
              : window.count(its.hits());
      counts.set(i, limit.requests() - share + used, limit.seconds() * 1000L);
    }
    return counts;
  }
}
