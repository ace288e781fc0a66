package dev.sluice.policy;

import java.time.Duration;

/**
 * A rate of requests: never more than {@code allowedRequests} in any period of this length.
 *
 * <p>An entry of {@code rates} in the vendor's {@code serviceTiers}, or a limit of a record's own.
 *
 * @param allowedRequests 0 or more; 0 refuses every request
 * @param period at least a second, at most 366 days
 */
public record Rate(long allowedRequests, Duration period, boolean shadow) implements Limit {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(366);

  public Rate {
    if (allowedRequests < 0) {
      throw new IllegalArgumentException("allowedRequests must be 0 or more: " + allowedRequests);
    }
    checkPeriod(period);
  }

  /** One that is enforced. */
  public Rate(long allowedRequests, Duration period) {
    this(allowedRequests, period, false);
  }

  static void checkPeriod(Duration period) {
    if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "period must be 1 s to 366 days, not " + LimitText.period(period));
    }
  }

  @Override
  public long allowed() {
    return allowedRequests;
  }

  @Override
  public Rate inShadow() {
    return new Rate(allowedRequests, period, true);
  }
}
