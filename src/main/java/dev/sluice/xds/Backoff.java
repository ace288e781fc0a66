package dev.sluice.xds;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long each time, up to a bound.
 *
 * @param initial before the second attempt
 * @param longest bound of all, before the random part
 * @param randomFactor by which part of itself a wait may be shorter or longer; 0 to 1. So replicas
 *     that have lost one server do not come back all at once
 */
public record Backoff(Duration initial, Duration longest, double randomFactor) {
  public Backoff {
    if (initial.isNegative() || initial.isZero() || longest.compareTo(initial) < 0) {
      throw new IllegalArgumentException(
          "a wait must be longer than zero, and the longest not shorter than the first: "
              + initial
              + ", "
              + longest);
    }
    if (!(randomFactor >= 0 && randomFactor <= 1)) {
      throw new IllegalArgumentException("a random factor must be 0 to 1: " + randomFactor);
    }
  }

  /**
   * The wait behind so many attempts in a row that came to nothing.
   *
   * @param failures 1 or more
   */
  Duration after(int failures, RandomGenerator random) {
    double doubled = initial.toMillis() * Math.pow(2, Math.min(failures - 1, 62));
    double millis = Math.min(doubled, (double) longest.toMillis());
    return Duration.ofMillis((long) (millis * (1 + randomFactor * (2 * random.nextDouble() - 1))));
  }
}
