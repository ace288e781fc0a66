package dev.sluice.ratelimit;

/**
 * So many requests in a period.
 *
 * @param requests 0 to 4,294,967,295
 * @param seconds the length of the period; 1 to a year
 * @param name as answers show it; empty when it has none
 */
public record Limit(long requests, int seconds, Algorithm algorithm, String name) {
  /** The largest number of requests that the protocol can say. */
  public static final long MOST = 0xFFFF_FFFFL;

  public Limit {
    if (requests < 0 || requests > MOST) {
      throw new IllegalArgumentException("a limit must be 0 to " + MOST + ": " + requests);
    }
    if (seconds < 1 || seconds > Unit.YEAR.seconds()) {
      throw new IllegalArgumentException("a period must be a second to a year: " + seconds);
    }
  }

  boolean rolling() {
    return algorithm == Algorithm.ROLLING;
  }

  /** The start of the fixed window that holds a time, both in seconds since the epoch. */
  long windowStart(long epochSecond) {
    return Math.floorDiv(epochSecond, (long) seconds) * seconds;
  }

  /** From a time until the end of its fixed window, in seconds: 1 to {@link #seconds}. */
  long secondsUntilReset(long epochSecond) {
    return seconds - Math.floorMod(epochSecond, (long) seconds);
  }
}
