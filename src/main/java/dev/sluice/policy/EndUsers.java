package dev.sluice.policy;

import java.time.Duration;

/**
 * How many end users of a record are counted at a time: what its limits per end user keep in Redis
 * has a bound.
 *
 * @param atATime 0 or more
 * @param longest the longest period for which one of them is counted; zero when only what runs is
 */
public record EndUsers(long atATime, Duration longest, boolean shadow) implements Limit {
  /** Of one record. */
  public static final long MOST = 100_000;

  public EndUsers {
    if (atATime < 0) {
      throw new IllegalArgumentException("atATime must be 0 or more: " + atATime);
    }
    if (longest.isNegative()) {
      throw new IllegalArgumentException("longest must not be negative: " + longest);
    }
  }

  @Override
  public long allowed() {
    return atATime;
  }

  @Override
  public EndUsers inShadow() {
    return new EndUsers(atATime, longest, true);
  }
}
