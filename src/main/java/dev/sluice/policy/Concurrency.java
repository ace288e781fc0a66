package dev.sluice.policy;

/**
 * How many requests may run at once, from their admission to their end, the wait for a slot
 * included.
 *
 * @param concurrency 0 to 100,000; 0 refuses every request
 */
public record Concurrency(long concurrency) implements Limit {
  /** What Redis has to remember is that many holds. */
  public static final long MOST = 100_000;

  public Concurrency {
    if (concurrency < 0 || concurrency > MOST) {
      throw new IllegalArgumentException(
          "concurrency must be 0 to " + MOST + ", not " + concurrency);
    }
  }

  @Override
  public long allowed() {
    return concurrency;
  }
}
