package dev.sluice.queue;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * How fast a line moves: the mean time from one grant to the next, of which the last few count
 * most. Times when nobody waited do not count: then the mean would tell how seldom requests come.
 */
final class DrainRate {
  static final Duration SHORTEST = Duration.ofSeconds(1);
  static final Duration LONGEST = Duration.ofSeconds(60);
  private static final double WEIGHT_OF_LAST = 0.2;

  private OptionalDouble meanNanos = OptionalDouble.empty();
  private long lastGrant = Long.MIN_VALUE;

  /**
   * Notes that the first of the line got a slot.
   *
   * @param joined when it joined the line
   */
  void drained(long joined, long now) {
    // If it joined after the last grant, the line was empty in between.
    double interval = now - Math.max(lastGrant, joined);
    lastGrant = now;
    double mean = meanNanos.orElse(interval);
    meanNanos = OptionalDouble.of(mean + WEIGHT_OF_LAST * (interval - mean));
  }

  /** When a place is expected to be free; the shortest time while nothing was measured. */
  Duration retryAfter() {
    Duration mean = Duration.ofNanos((long) meanNanos.orElse(0));
    if (mean.compareTo(SHORTEST) < 0) {
      return SHORTEST;
    }
    return mean.compareTo(LONGEST) > 0 ? LONGEST : mean;
  }
}
