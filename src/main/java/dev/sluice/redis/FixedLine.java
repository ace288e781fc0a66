package dev.sluice.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntSupplier;

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

  @Override
  void send(Batch<Long> batch) {
    if (batch.sum == 0) {
      // Who only looks must not make the key.
      connection.send(
          batch.call,
          commands ->
              commands.dispatch(
                  CommandType.GET,
                  new NumberOutput(SingleLink.CODEC),
                  new CommandArgs<>(SingleLink.CODEC).addKey(key)));
    } else {
      connection.send(batch.call, commands -> commands.incrby(key, batch.sum));
    }
  }

  @Override
  void answered(Batch<Long> batch, Long value) {
    if (batch.sum > 0 && value == batch.sum) {
      expire();
    }
  }

  /** A key that was made although nobody learned of it must not stay forever. */
  @Override
  void lost(Batch<Long> batch) {
    if (batch.sum > 0) {
      batch.call.reply().ifPresent(reply -> expireIfCounted(batch, reply));
    }
  }

  private void expireIfCounted(Batch<Long> batch, CompletionStage<Long> reply) {
    var unused =
        reply.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                answered(batch, value);
              } else if (!(failure instanceof RedisCommandExecutionException)) {
                expire();
              }
            });
  }

  @Override
  void tell(Batch<Long> batch, Long value) {
    long before = value - batch.sum;
    for (Waiter waiter : batch.waiters) {
      before += waiter.hits();
      waiter.tally().counted(waiter.index(), before, 0);
    }
  }

  private void expire() {
    long seconds = lifeSeconds.getAsInt();
    redis.deliver("expire", () -> expire(seconds), EXPIRE_WITHIN);
  }

  private CompletionStage<Boolean> expire(long seconds) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    connection.onLoop(
        () -> {
          RedisCall<Boolean> call = connection.begin("expire");
          var unused =
              call.answer()
                  .whenComplete(
                      (known, failure) -> {
                        if (failure == null) {
                          done.complete(known);
                        } else {
                          done.completeExceptionally(failure);
                        }
                      });
          connection.send(call, commands -> commands.expire(key, seconds));
        });
    return done;
  }
}
