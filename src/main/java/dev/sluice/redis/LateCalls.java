package dev.sluice.redis;

import java.util.concurrent.TimeUnit;

/**
 * Says when calls without an answer in time are more than a pause: they have come for a second, and
 * are no small part of all. A machine that is busy misses a deadline of milliseconds now and then;
 * of a cluster that has lost one node, most calls may still be answered.
 *
 * <p>Not safe for use by several threads.
 */
final class LateCalls {
  /** So long they must have come; after as long without one, the next begins anew. */
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** With a long deadline one call alone takes longer than that. */
  private static final int FEWEST = 3;

  /** Fewer than one in so many are no outage. */
  private static final int ONE_IN = 10;

  private long late;
  private long lateAnswers;
  private long inTime;
  private long since;
  private long last;

  /** A call was answered in time. */
  void answered() {
    inTime++;
  }

  /** A call was answered after its deadline. */
  void answeredLate() {
    lateAnswers++;
  }

  /**
   * A call has reached its deadline.
   *
   * @param started when it was made
   * @return whether it is an outage
   */
  boolean late(long started, long now) {
    if (!ongoing(started)) {
      begin(started);
    }
    late++;
    last = now;
    if (late < FEWEST || now - since < LONG_NANOS) {
      return false;
    }
    if (late * ONE_IN >= inTime) {
      return true;
    }
    begin(now);
    return false;
  }

  /** Whether answers count. */
  boolean ongoing(long now) {
    return late > 0 && now - last <= LONG_NANOS;
  }

  /** Whether most of the calls are answered after all, but too late. */
  boolean slow() {
    return lateAnswers * 2 >= late;
  }

  private void begin(long now) {
    late = 0;
    lateAnswers = 0;
    inTime = 0;
    since = now;
  }
}
