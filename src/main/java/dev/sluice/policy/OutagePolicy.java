package dev.sluice.policy;

import java.time.Duration;

/**
 * What a replica does while the store that all share does not answer.
 *
 * @param keys how long a key is honoured after the store last confirmed it; zero: not at all
 * @param rates what becomes of limits of how many requests a period may have
 * @param concurrency what becomes of limits of how many requests may run at once
 */
public record OutagePolicy(Duration keys, Fallback rates, Fallback concurrency) {
  /** Half a minute, and shares. */
  public static final OutagePolicy DEFAULT =
      new OutagePolicy(Duration.ofSeconds(30), Fallback.SHARE, Fallback.SHARE);

  public OutagePolicy {
    if (keys.isNegative()) {
      throw new IllegalArgumentException("keys must be zero or longer: " + keys);
    }
  }

  /** What becomes of a kind of limit. */
  public enum Fallback {
    /** Each replica lets its share of the limit pass, rounded down. */
    SHARE,
    /** The limit does not hold. */
    OPEN,
    /** No request that the limit applies to passes. */
    CLOSED
  }

  /** What becomes of a limit. */
  public Fallback of(Limit limit) {
    return limit instanceof Concurrency ? concurrency : rates;
  }
}
