package dev.sluice.redis;

import java.util.concurrent.TimeUnit;

/**
 * Whether Redis answers on a connection: the circuit breaker of its calls.
 *
 * <p>It is silent from the moment at which a call has timed out and nothing at all was answered
 * since that call was sent, until the first answer to anything. So a slow answer among others makes
 * no silence, and the end of one needs no waiting. On one event loop; the last answer may be asked
 * for on any thread.
 */
final class Silence {
  /** Deadlines of some milliseconds are missed by a Redis that is well. */
  private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private boolean waiting;
  private long waitingSince;
  private boolean silent;
  private volatile boolean answeredOnce;
  private volatile long lastAnswer;

  /** A call is on its way. */
  void sent(long now) {
    if (!waiting) {
      waiting = true;
      waitingSince = now;
    }
  }

  /** Whether a call is on its way. */
  boolean waiting() {
    return waiting;
  }

  /**
   * Something was answered, or a new connection was made.
   *
   * @param inFlight whether more calls are on their way
   */
  void answered(long now, boolean inFlight) {
    silent = false;
    waiting = inFlight;
    waitingSince = now;
    lastAnswer = now;
    answeredOnce = true;
  }

  /** The connection broke off, and with it all that was on its way. */
  void disconnected() {
    silent = false;
    waiting = false;
  }

  /**
   * The oldest call without an answer has reached its deadline.
   *
   * @param started when the call was made
   * @return whether the silence begins with it
   */
  boolean timedOut(long started, long now) {
    boolean unanswered = waiting && (!answeredOnce || lastAnswer - started < 0);
    if (silent || !unanswered || now - waitingSince < SHORTEST_NANOS) {
      return false;
    }
    silent = true;
    return true;
  }

  /** Whether a call now would end by its deadline. */
  boolean silent() {
    return silent;
  }

  /** Whether nothing was answered for so long although something was asked. */
  boolean longerThan(long nanos, long now) {
    return silent && now - waitingSince > nanos;
  }

  /** Nanoseconds since the last answer; {@link Long#MAX_VALUE} when there was none yet. */
  long sinceAnswer(long now) {
    return answeredOnce ? Math.max(0, now - lastAnswer) : Long.MAX_VALUE;
  }
}
