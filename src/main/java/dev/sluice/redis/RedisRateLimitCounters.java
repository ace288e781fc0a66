package dev.sluice.redis;

import dev.sluice.ratelimit.Counts;
import dev.sluice.ratelimit.RateLimitCounters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Counts one key at a time, so that it works on a cluster as well: fixed windows by INCRBY, rolling
 * ones by a script.
 *
 * <p>Hits on a key for which a command is in flight wait for its answer and then share one command.
 * So a hot key costs one command a round trip and event loop, however many hits it gets.
 *
 * <p>Safe for use by many threads. Stages fail with {@link RedisUnavailable}, each by the deadline
 * of the connections; the hits of one that failed may have been counted.
 */
public final class RedisRateLimitCounters implements RateLimitCounters {
  private final RedisConnections redis;
  private final Map<RedisConnection, MergedHits> merged = new HashMap<>();

  /**
   * @param redis with the deadline of the door that asks
   * @param jitterSeconds at most that a key outlives its window, so that those of one window do not
   *     all expire in the same second
   */
  public RedisRateLimitCounters(RedisConnections redis, int jitterSeconds) {
    this(redis, jitterSeconds, Script.shipped("rolling"));
  }

  RedisRateLimitCounters(RedisConnections redis, int jitterSeconds, Script rolling) {
    this.redis = redis;
    for (RedisConnection connection : redis.all()) {
      merged.put(
          connection,
          new MergedHits(
              connection, redis, rolling, windowSeconds -> windowSeconds + jitter(jitterSeconds)));
    }
  }

  private static int jitter(int most) {
    return most == 0 ? 0 : ThreadLocalRandom.current().nextInt(most);
  }

  @Override
  public CompletionStage<Counts> count(List<Hits> hits) {
    RedisConnection connection = redis.connection();
    MergedHits counters = merged.get(connection);
    if (counters == null) {
      throw new IllegalStateException("a connection that was not there at the start");
    }
    Tally tally = new Tally(hits.size());
    connection.onLoop(
        () -> {
          for (int i = 0; i < hits.size(); i++) {
            counters.add(hits.get(i), tally, i);
          }
        });
    return tally.counts();
  }

  /** The counts that one call waits for. On one event loop. */
  static final class Tally {
    private final Counts counts;
    private final CompletableFuture<Counts> complete = new CompletableFuture<>();
    private int missing;

    private Tally(int size) {
      this.counts = new Counts(size);
      this.missing = size;
      if (size == 0) {
        complete.complete(counts);
      }
    }

    void counted(int index, long value, long millisUntilReset) {
      counts.set(index, value, millisUntilReset);
      missing--;
      if (missing == 0) {
        complete.complete(counts);
      }
    }

    void failed(Throwable why) {
      complete.completeExceptionally(why);
    }

    private CompletionStage<Counts> counts() {
      return complete;
    }
  }
}
