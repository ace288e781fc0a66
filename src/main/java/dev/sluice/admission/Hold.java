package dev.sluice.admission;

import java.time.Duration;
import java.util.List;

/**
 * What one request takes of its limits, from its admission until it is settled or cancelled.
 *
 * <p>Every call about a hold is idempotent by its id. A hold that is neither renewed nor ended
 * within its lease counts as settled: its replica died.
 *
 * @param id unguessable and made by Sluice: a client that could choose it could share one charge
 *     among many requests
 * @param limits all of one organization
 */
public record Hold(String id, String organization, List<RateLimit> limits, Duration lease) {
  public Hold {
    limits = List.copyOf(limits);
    if (lease.isNegative() || lease.isZero()) {
      throw new IllegalArgumentException("a lease must be longer than zero: " + lease);
    }
  }
}
