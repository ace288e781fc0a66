package dev.sluice.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The hits on their way to the counter of a fixed window: by INCRBY. */
final class FixedLine extends HitLine<Long> {
  private static final int MOST_MERGED = 10_000;

  /** For which it is tried to give a key its end of life, when the first try got lost. */
  private static final Duration EXPIRE_WITHIN = Duration.ofHours(1);

  private final RedisConnections redis;
  private final IntSupplier lifeSeconds;

  /**
   * @param lifeSeconds of a counter that is new
   */
  FixedLine(
      RedisConnection connection,
      RedisConnections redis,
      String key,
      IntSupplier lifeSeconds,
      Runnable emptied) {
    super(connection, key, MOST_MERGED, emptied);
    this.redis = redis;
    this.lifeSeconds = lifeSeconds;
  }

  /** Who only looks must not make the key. */
  @Override
  Request<Long> request(Batch batch) {
    return batch.sum == 0 ? Request.get(key) : Request.increase(key, batch.sum);
  }

  /** A key that was made although nobody learned of it must not stay forever. */
  @Override
  void replied(Batch batch, @Nullable Long value, @Nullable Throwable failure) {
    boolean made =
        value == null ? !(failure instanceof RedisCommandExecutionException) : value == batch.sum;
    if (made && batch.sum > 0) {
      expire();
    }
  }

  @Override
  void tell(Batch batch, Long value) {
    long before = value - batch.sum;
    for (Waiter waiter : batch.waiters) {
      before += waiter.hits();
      waiter.tally().counted(waiter.index(), before, 0);
    }
  }

  private void expire() {
    long seconds = lifeSeconds.getAsInt();
    redis.deliver(
        "expire",
        () -> connection.call("expire", () -> Request.expire(key, seconds)),
        EXPIRE_WITHIN);
  }
}
