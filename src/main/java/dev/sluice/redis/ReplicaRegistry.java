package dev.sluice.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;

/**
 * How many replicas share this Redis: each says in it, every few seconds, that it is there.
 *
 * <p>The number is for shares of a limit, so that it is rather too high than too low: one more
 * replica counts at once, one fewer only when it has been missed for a while. Without Redis the
 * number that was seen last holds. Safe for use by many threads; never blocks.
 */
public final class ReplicaRegistry implements IntSupplier {
  /** How often {@link #announce} is to be called. */
  public static final Duration INTERVAL = Duration.ofSeconds(2);

  /** For which a replica is believed to be there. */
  private static final Duration LIFE = Duration.ofSeconds(10);

  /** After so many answers in a row that say so, there are fewer replicas: half a minute. */
  static final int MISSED = 15;

  /** In a slot of its own; redis/KEYS.md. */
  private static final String KEY = "sluice:replicas";

  private final RedisConnections redis;
  private final String id;
  private final Script replicas = Script.shipped("replicas");
  private int seen = 1;
  private int fewer;
  private int most;

  /**
   * @param id of this replica, unlike that of any other
   */
  public ReplicaRegistry(RedisConnections redis, String id) {
    this.redis = redis;
    this.id = id;
  }

  /**
   * Says that this replica is there, and looks how many are.
   *
   * @return that number; fails with {@link RedisUnavailable}
   */
  public CompletionStage<Integer> announce() {
    return tell("1").whenComplete((count, failure) -> found(failure == null ? count : 0));
  }

  /** Says that this replica leaves. */
  public CompletionStage<Integer> leave() {
    return tell("0");
  }

  private CompletionStage<Integer> tell(String there) {
    return redis
        .run(replicas, List.of(KEY), List.of(id, Long.toString(LIFE.toMillis()), there))
        .thenApply(reply -> ((Long) reply.get(0)).intValue());
  }

  /**
   * @param count 0 when Redis did not say
   */
  synchronized void found(int count) {
    if (count == 0) {
      // After an outage all come back one by one: that they are few then says nothing.
      fewer = 0;
    } else if (count >= seen) {
      seen = count;
      fewer = 0;
    } else {
      most = fewer == 0 ? count : Math.max(most, count);
      fewer++;
      if (fewer == MISSED) {
        seen = most;
        fewer = 0;
      }
    }
  }

  /** How many replicas there are, with this one; 1 as long as Redis has never said. */
  @Override
  public synchronized int getAsInt() {
    return seen;
  }
}
