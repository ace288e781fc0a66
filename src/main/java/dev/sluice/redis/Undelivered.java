package dev.sluice.redis;

import dev.sluice.metrics.Metrics;
import dev.sluice.redis.RedisUnavailable.Outcome;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Calls that must reach Redis although it did not answer: they are repeated until it does, or until
 * nobody needs them any more.
 *
 * <p>Only some go out at a time, so that an outage with many of them leaves room for the calls for
 * which somebody waits. Safe for use by many threads; what it keeps is touched on one event loop.
 */
final class Undelivered {
  static final int MOST = 10_000;
  static final int AT_A_TIME = 256;
  private static final long FIRST_PAUSE_MILLIS = 50;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final EventLoop loop;
  private final LongSupplier nanoTime;
  private final Metrics metrics;

  private final ArrayDeque<Call> calls = new ArrayDeque<>();
  private boolean repeating;
  private boolean delivered;
  private long pauseMillis = FIRST_PAUSE_MILLIS;
  private volatile boolean closed;

  Undelivered(EventLoop loop, LongSupplier nanoTime, Metrics metrics) {
    this.loop = loop;
    this.nanoTime = nanoTime;
    this.metrics = metrics;
  }

  /**
   * Makes a call, and repeats it if it may not have arrived.
   *
   * @param call may be made any number of times
   * @param time for which it matters that the call arrives
   * @return what came of the first time
   */
  <T> CompletionStage<T> deliver(String script, Supplier<CompletionStage<T>> call, Duration time) {
    long until = nanoTime.getAsLong() + time.toNanos();
    return call.get()
        .whenComplete(
            (answer, failure) -> {
              if (!closed && lost(failure)) {
                loop.execute(() -> add(new Call(script, call::get, until)));
              }
            });
  }

  /** Forgets what was not delivered. */
  void close() {
    closed = true;
  }

  private static boolean lost(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof RedisUnavailable unavailable && unavailable.outcome() != Outcome.ERROR;
  }

  private void add(Call call) {
    if (calls.size() >= MOST) {
      dropped(call);
      return;
    }
    calls.add(call);
    if (!repeating) {
      repeating = true;
      pause();
    }
  }

  private void pause() {
    var unused = loop.schedule(this::repeat, pauseMillis, TimeUnit.MILLISECONDS);
    pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, 2 * pauseMillis);
  }

  private void repeat() {
    if (closed) {
      return;
    }
    long now = nanoTime.getAsLong();
    calls.stream().filter(call -> call.overAt(now)).forEach(this::dropped);
    calls.removeIf(call -> call.overAt(now));
    delivered = false;
    List<CompletableFuture<?>> round = new ArrayList<>();
    for (int left = Math.min(AT_A_TIME, calls.size()); left > 0; left--) {
      Call call = calls.remove();
      round.add(
          call.again
              .get()
              .handle((answer, failure) -> failure == null)
              .thenAccept(answered -> ended(call, answered))
              .toCompletableFuture());
    }
    var unused =
        CompletableFuture.allOf(round.toArray(CompletableFuture<?>[]::new)).thenRun(this::next);
  }

  private void ended(Call call, boolean answered) {
    if (answered) {
      delivered = true;
    } else {
      // Whatever the failure: a Redis that is back answers with errors while it loads its data.
      calls.add(call);
    }
  }

  private void next() {
    repeating = !calls.isEmpty();
    if (delivered || !repeating) {
      pauseMillis = FIRST_PAUSE_MILLIS;
    }
    if (delivered && repeating) {
      loop.execute(this::repeat);
    } else if (repeating) {
      pause();
    }
  }

  private void dropped(Call call) {
    metrics.calledRedis(call.script, "dropped", 0);
  }

  private record Call(String script, Supplier<CompletionStage<?>> again, long until) {
    boolean overAt(long now) {
      return until - now <= 0;
    }
  }
}
