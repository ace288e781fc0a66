package dev.sluice.demo;

import java.time.Duration;

/**
 * When the tokens of a generation are due, in nanoseconds from its start.
 *
 * @param tokensPerSecond after the first; 0 is all at once
 */
record Pace(Duration timeToFirstToken, double tokensPerSecond) {
  private static final double NANOS = 1e9;

  /** When so many tokens are due. */
  long nanosUntil(int tokens) {
    double rest = tokensPerSecond == 0 ? 0 : Math.max(0, tokens - 1) * NANOS / tokensPerSecond;
    return timeToFirstToken.toNanos() + (long) rest;
  }

  /** How many tokens are due by then. */
  int tokensDue(long nanos) {
    long sinceFirst = nanos - timeToFirstToken.toNanos();
    if (sinceFirst < 0) {
      return 0;
    }
    if (tokensPerSecond == 0) {
      return Integer.MAX_VALUE;
    }
    // A narrowing conversion saturates.
    return (int) (1 + sinceFirst * tokensPerSecond / NANOS);
  }
}
