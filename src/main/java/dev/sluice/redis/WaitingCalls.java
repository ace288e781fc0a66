package dev.sluice.redis;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The calls of a connection that wait for their answers. They have the same deadline, so they
 * expire in the order in which they were made, and one timer for the oldest is enough.
 *
 * <p>On one event loop.
 */
final class WaitingCalls {
  /** A timer that is so late waits as long again, so that the loop reads first. */
  private static final long STALL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final long deadlineNanos;
  private final LongSupplier nanos;
  private final Timers timers;
  private final Consumer<RedisCall<?>> expired;
  private final ArrayDeque<RedisCall<?>> calls = new ArrayDeque<>();
  private boolean timerSet;

  /** Those of the event loop. */
  interface Timers {
    void in(long nanos, Runnable task);
  }

  /**
   * @param nanos a ticker, that of {@link RedisCall#started}
   * @param expired is given each call that has not ended by its deadline; may make others
   */
  WaitingCalls(
      long deadlineNanos, LongSupplier nanos, Timers timers, Consumer<RedisCall<?>> expired) {
    this.deadlineNanos = deadlineNanos;
    this.nanos = nanos;
    this.timers = timers;
    this.expired = expired;
  }

  /** A call was made just now. */
  void add(RedisCall<?> call) {
    while (!calls.isEmpty() && calls.peek().ended()) {
      calls.remove();
    }
    calls.add(call);
    if (!timerSet) {
      setTimer(deadlineNanos);
    }
  }

  List<RedisCall<?>> all() {
    return List.copyOf(calls);
  }

  private void setTimer(long in) {
    timerSet = true;
    long due = nanos.getAsLong() + in;
    timers.in(in, () -> onTimer(due));
  }

  /**
   * When the loop stood still (a collection, a cold start), timers run before what has come in the
   * meantime is read: what is answered already must not expire.
   */
  private void onTimer(long due) {
    if (nanos.getAsLong() - due > STALL_NANOS) {
      timers.in(STALL_NANOS, this::expire);
    } else {
      expire();
    }
  }

  /**
   * Whoever hears of the end of a call may make others: only at the end a timer is set, and one.
   */
  private void expire() {
    long now = nanos.getAsLong();
    while (!calls.isEmpty() && (calls.element().ended() || left(now) <= 0)) {
      RedisCall<?> oldest = calls.remove();
      if (!oldest.ended()) {
        expired.accept(oldest);
      }
    }
    timerSet = false;
    if (!calls.isEmpty()) {
      setTimer(left(now));
    }
  }

  /** Of the oldest. */
  private long left(long now) {
    return calls.element().started() + deadlineNanos - now;
  }
}
