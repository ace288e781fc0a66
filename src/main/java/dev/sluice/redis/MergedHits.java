package dev.sluice.redis;

import dev.sluice.ratelimit.RateLimitCounters.Hits;
import dev.sluice.redis.RedisConnection.Call;
import dev.sluice.redis.RedisRateLimitCounters.Tally;
import dev.sluice.redis.RedisUnavailable.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The hits on their way to Redis by one connection; all of it happens on that connection's loop.
 *
 * <p>Of each key, at most one batch is in flight, and one more gathers what comes meanwhile. A
 * batch's deadline runs from its first hit, so that nobody waits longer than for a command of their
 * own.
 */
final class MergedHits {
  /** More hits do not join a batch, but fail at once. */
  private static final int MOST_MERGED = 10_000;

  /** For which it is tried to give a key its end of life, when the first try got lost. */
  private static final Duration EXPIRE_WITHIN = Duration.ofHours(1);

  private final RedisConnection connection;
  private final RedisConnections redis;
  private final IntUnaryOperator lifeSeconds;
  private final Map<String, Line> lines = new HashMap<>();

  /**
   * @param lifeSeconds of a counter, by the length of its window in seconds
   */
  MergedHits(RedisConnection connection, RedisConnections redis, IntUnaryOperator lifeSeconds) {
    this.connection = connection;
    this.redis = redis;
    this.lifeSeconds = lifeSeconds;
  }

  /** Counts hits, and tells the tally. */
  void add(Hits hits, Tally tally, int index) {
    Waiter waiter = new Waiter(tally, index, hits.hits());
    Line line = lines.get(hits.key());
    if (line == null) {
      line = new Line(hits.key(), hits.limit().seconds());
      lines.put(line.key, line);
      line.sent = line.batch(waiter);
      line.send(line.sent);
    } else if (line.next == null) {
      line.next = line.batch(waiter);
    } else if (line.next.waiters.size() < MOST_MERGED) {
      line.next.add(waiter);
    } else {
      String why = MOST_MERGED + " hits wait for one key";
      tally.failed(new RedisUnavailable(Outcome.ERROR, "count", why));
    }
  }

  /** Hits of one caller. */
  private record Waiter(Tally tally, int index, long hits) {}

  /** Hits that share a command. */
  private static final class Batch {
    private final Call<Long> call;
    private final List<Waiter> waiters = new ArrayList<>(2);
    private long sum;

    private Batch(Call<Long> call) {
      this.call = call;
    }

    private void add(Waiter waiter) {
      waiters.add(waiter);
      sum += waiter.hits;
    }

    /** Each gets the value that it would have got by a command of its own, in this order. */
    private void counted(long value) {
      long before = value - sum;
      for (Waiter waiter : waiters) {
        before += waiter.hits;
        waiter.tally.counted(waiter.index, before, 0);
      }
    }

    private void failed(Throwable why) {
      waiters.forEach(waiter -> waiter.tally.failed(why));
    }
  }

  /** What is on its way to one key. */
  private final class Line {
    private final String key;
    private final int windowSeconds;
    private @Nullable Batch sent;
    private @Nullable Batch next;

    private Line(String key, int windowSeconds) {
      this.key = key;
      this.windowSeconds = windowSeconds;
    }

    private Batch batch(Waiter first) {
      Batch batch = new Batch(connection.beginWithReserve("count"));
      batch.add(first);
      var unused =
          batch.call.answer().whenComplete((value, failure) -> ended(batch, value, failure));
      return batch;
    }

    private void send(Batch batch) {
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

    private void ended(Batch batch, @Nullable Long value, @Nullable Throwable failure) {
      if (value != null) {
        expireIfNew(batch, value);
      } else if (batch.sum > 0) {
        batch.call.reply().ifPresent(reply -> expireIfCounted(batch, reply));
      }
      // The next is on its way before anybody learns of this one.
      if (batch == sent) {
        sent = next;
        next = null;
        if (sent == null) {
          lines.remove(key, this);
        } else {
          send(sent);
        }
      } else if (batch == next) {
        next = null;
      }
      if (value != null) {
        batch.counted(value);
      } else if (failure != null) {
        batch.failed(failure);
      }
    }

    private void expireIfNew(Batch batch, long value) {
      if (batch.sum > 0 && value == batch.sum) {
        expire();
      }
    }

    /** A key that was made although nobody learned of it must not stay forever. */
    private void expireIfCounted(Batch batch, CompletionStage<Long> reply) {
      var unused =
          reply.whenComplete(
              (value, failure) -> {
                if (failure == null) {
                  expireIfNew(batch, value);
                } else if (!(failure instanceof RedisCommandExecutionException)) {
                  expire();
                }
              });
    }

    private void expire() {
      long seconds = lifeSeconds.applyAsInt(windowSeconds);
      redis.deliver("expire", () -> expire(seconds), EXPIRE_WITHIN);
    }

    private CompletionStage<Boolean> expire(long seconds) {
      CompletableFuture<Boolean> done = new CompletableFuture<>();
      connection.onLoop(
          () -> {
            Call<Boolean> call = connection.begin("expire");
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
}
