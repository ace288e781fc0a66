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
  private @Nullable Batch sent;
  private @Nullable Batch next;

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
  final class Batch extends RedisCall<T> {
    final List<Waiter> waiters = new ArrayList<>(2);
    long sum;

    private Batch(Waiter first) {
      super("count", connection.mostWithReserve(), false, System.nanoTime());
      add(first);
    }

    private void add(Waiter waiter) {
      waiters.add(waiter);
      sum += waiter.hits;
    }

    @Override
    void replied(@Nullable T reply, @Nullable Throwable failure) {
      HitLine.this.replied(this, reply, failure);
    }

    @Override
    void succeeded(T reply) {
      finish(this);
      tell(this, reply);
    }

    @Override
    void failed(RedisUnavailable why) {
      finish(this);
      RedisUnavailable named = why.at(key);
      waiters.forEach(waiter -> waiter.tally.failed(named));
    }
  }

  /** Makes what counts a batch. */
  abstract Request<T> request(Batch batch);

  /**
   * What Redis said to a batch, or why it said nothing and may have counted it all the same; nobody
   * knows of it yet, unless the batch has ended before.
   */
  abstract void replied(Batch batch, @Nullable T reply, @Nullable Throwable failure);

  /** Tells each waiter what it would have got by a command of its own, in this order. */
  abstract void tell(Batch batch, T reply);

  final void add(Waiter waiter) {
    if (sent == null) {
      sent = begun(waiter);
      send(sent);
    } else if (next == null) {
      next = begun(waiter);
    } else if (next.waiters.size() < most) {
      next.add(waiter);
    } else {
      String why = most + " hits wait for one key";
      waiter.tally.failed(new RedisUnavailable(Outcome.ERROR, "count", why));
    }
  }

  private Batch begun(Waiter first) {
    Batch batch = new Batch(first);
    connection.begin(batch);
    return batch;
  }

  private void send(Batch batch) {
    connection.send(batch, request(batch));
  }

  /** The next is on its way before anybody learns of this one. */
  private void finish(Batch batch) {
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
  }
}
