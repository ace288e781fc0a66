package dev.sluice.redis;

import dev.sluice.ratelimit.Limit;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hits on their way to a rolling window: by rolling.lua, which takes them one by one. */
final class RollingLine extends HitLine<List<Object>> {
  /** So that one call does not keep Redis for long. */
  private static final int MOST_MERGED = 1_000;

  private final Script script;
  private final Limit limit;

  RollingLine(
      RedisConnection connection, Script script, String key, Limit limit, Runnable emptied) {
    super(connection, key, MOST_MERGED, emptied);
    this.script = script;
    this.limit = limit;
  }

  @Override
  Request<List<Object>> request(Batch batch) {
    byte[][] arguments = new byte[2 + batch.waiters.size()][];
    arguments[0] = bytes(limit.seconds() * 1_000L);
    arguments[1] = bytes(limit.requests());
    for (int i = 0; i < batch.waiters.size(); i++) {
      arguments[2 + i] = bytes(batch.waiters.get(i).hits());
    }
    return Request.run(script, new String[] {key}, arguments);
  }

  private static byte[] bytes(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }

  /** The script gives the key its end of life by itself. */
  @Override
  void replied(Batch batch, @Nullable List<Object> reply, @Nullable Throwable failure) {}

  @Override
  void tell(Batch batch, List<Object> reply) {
    for (int i = 0; i < batch.waiters.size(); i++) {
      Waiter waiter = batch.waiters.get(i);
      waiter.tally().counted(waiter.index(), (Long) reply.get(2 * i), (Long) reply.get(2 * i + 1));
    }
  }
}
