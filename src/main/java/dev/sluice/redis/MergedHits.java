package dev.sluice.redis;

import dev.sluice.ratelimit.Algorithm;
import dev.sluice.ratelimit.Limit;
import dev.sluice.ratelimit.RateLimitCounters.Hits;
import dev.sluice.redis.HitLine.Waiter;
import dev.sluice.redis.RedisRateLimitCounters.Tally;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** The hits on their way to Redis by one connection, by key; all of it happens on its loop. */
final class MergedHits {
  private final RedisConnection connection;
  private final RedisConnections redis;
  private final Script rolling;
  private final IntUnaryOperator lifeSeconds;
  private final Map<String, HitLine<?>> lines = new HashMap<>();

  /**
   * @param rolling the script that counts against rolling limits
   * @param lifeSeconds of a counter of a fixed window, by the length of that in seconds
   */
  MergedHits(
      RedisConnection connection,
      RedisConnections redis,
      Script rolling,
      IntUnaryOperator lifeSeconds) {
    this.connection = connection;
    this.redis = redis;
    this.rolling = rolling;
    this.lifeSeconds = lifeSeconds;
  }

  /** Counts hits, and tells the tally. */
  void add(Hits hits, Tally tally, int index) {
    String name = name(hits);
    HitLine<?> line = lines.get(name);
    if (line == null) {
      line = line(name, hits);
      lines.put(name, line);
    }
    line.add(new Waiter(tally, index, hits.hits()));
  }

  /** A batch of a rolling limit has one limit, also while a rule is changed. */
  private static String name(Hits hits) {
    return hits.limit().algorithm() == Algorithm.FIXED
        ? hits.key()
        : hits.key() + " " + hits.limit().requests();
  }

  private HitLine<?> line(String name, Hits hits) {
    Limit limit = hits.limit();
    Runnable emptied = () -> lines.remove(name);
    return limit.algorithm() == Algorithm.FIXED
        ? new FixedLine(
            connection, redis, hits.key(), () -> lifeSeconds.applyAsInt(limit.seconds()), emptied)
        : new RollingLine(connection, rolling, hits.key(), limit, emptied);
  }
}
