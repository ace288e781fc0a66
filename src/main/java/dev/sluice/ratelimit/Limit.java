package dev.sluice.ratelimit;

/**
 * So many requests in each window of a unit.
 *
 * @param requests 0 to 4,294,967,295
 * @param name as answers show it; empty when it has none
 */
public record Limit(long requests, Unit unit, String name) {
  /** The largest number of requests that the protocol can say. */
  public static final long MOST = 0xFFFF_FFFFL;

  public Limit {
    if (requests < 0 || requests > MOST) {
      throw new IllegalArgumentException("a limit must be 0 to " + MOST + ": " + requests);
    }
  }
}
