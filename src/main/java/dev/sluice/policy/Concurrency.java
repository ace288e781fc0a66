package dev.sluice.policy;

/**
 * How many requests may run at once, from their admission to their end, the wait for a slot
 * included.
 *
 * @param concurrency 0 to 100,000; 0 refuses every request
 */
public record Concurrency(long concurrency, boolean shadow) implements Limit {
  /** What Redis has to remember is that many holds. */
  public static final long MOST = 100_000;

  public Concurrency {
    if (concurrency < 0 || concurrency > MOST) {
      throw new IllegalArgumentException(
          "concurrency must be 0 to " + MOST + ", not " + concurrency);
    }
  }

  /** One that is enforced. */
  public Concurrency(long concurrency) {
    this(concurrency, false);
  }

  @Override
  public long allowed() {
    return concurrency;
  }

  @Override
  public Concurrency inShadow() {
    return new Concurrency(concurrency, true);
  }
}
