package dev.sluice.redis;

import dev.sluice.redis.RedisRateLimitCounters.Tally;
import dev.sluice.redis.RedisUnavailable.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hits on their way to one key, by one connection; all of it happens on that connection's loop.
 *
 * <p>At most one batch is in flight, and one more gathers what comes meanwhile. A batch's deadline
 * runs from its first hit, so that nobody waits longer than for a command of their own.
 *
 * @param <T> what Redis replies to a batch
 */
abstract class HitLine<T> {
  final RedisConnection connection;
  final String key;
  private final int most;
  private final Runnable emptied;
  private @Nullable Batch<T> sent;
  private @Nullable Batch<T> next;

  /**
   * @param most hits that share a batch; more do not join, but fail at once
   * @param emptied is run when nothing is on its way any more
   */
  HitLine(RedisConnection connection, String key, int most, Runnable emptied) {
    this.connection = connection;
    this.key = key;
    this.most = most;
    this.emptied = emptied;
  }

  /** Hits of one caller. */
  record Waiter(Tally tally, int index, long hits) {}

  /** Hits that share a command. */
  static final class Batch<T> {
    final RedisCall<T> call;
    final List<Waiter> waiters = new ArrayList<>(2);
    long sum;

    private Batch(RedisCall<T> call) {
      this.call = call;
    }

    private void add(Waiter waiter) {
      waiters.add(waiter);
      sum += waiter.hits;
    }
  }

  /** Sends a batch, unless its deadline is over. */
  abstract void send(Batch<T> batch);

  /** A batch was answered, and nobody knows of it yet. */
  abstract void answered(Batch<T> batch, T reply);

  /** A batch failed; Redis may have counted it all the same. */
  abstract void lost(Batch<T> batch);

  /** Tells each waiter what it would have got by a command of its own, in this order. */
  abstract void tell(Batch<T> batch, T reply);

  final void add(Waiter waiter) {
    if (sent == null) {
      sent = batch(waiter);
      send(sent);
    } else if (next == null) {
      next = batch(waiter);
    } else if (next.waiters.size() < most) {
      next.add(waiter);
    } else {
      String why = most + " hits wait for one key";
      waiter.tally.failed(new RedisUnavailable(Outcome.ERROR, "count", why));
    }
  }

  private Batch<T> batch(Waiter first) {
    Batch<T> batch = new Batch<>(connection.beginWithReserve("count"));
    batch.add(first);
    var unused = batch.call.answer().whenComplete((reply, failure) -> ended(batch, reply, failure));
    return batch;
  }

  private void ended(Batch<T> batch, @Nullable T reply, @Nullable Throwable failure) {
    if (reply != null) {
      answered(batch, reply);
    } else {
      lost(batch);
    }
    // The next is on its way before anybody learns of this one.
    if (batch == sent) {
      sent = next;
      next = null;
      if (sent == null) {
        emptied.run();
      } else {
        send(sent);
      }
    } else if (batch == next) {
      next = null;
    }
    if (reply != null) {
      tell(batch, reply);
    } else if (failure != null) {
      batch.waiters.forEach(waiter -> waiter.tally.failed(failure));
    }
  }
}
