package dev.sluice.admission;

import dev.sluice.policy.EndUsers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What one request takes of its limits, from its admission until it is settled or cancelled.
 *
 * <p>Every call about a hold is idempotent by its id. A hold that is neither renewed nor ended
 * within its lease counts as settled: its replica died.
 *
 * @param id unguessable and made by Sluice: a client that could choose it could share one charge
 *     among many requests
 * @param request the request that this is an attempt of, when the edge may try it several times:
 *     holds of one request and the same limits share one charge
 * @param limits all of one organization
 */
public record Hold(
    String id,
    Optional<String> request,
    String organization,
    List<ScopedLimit> limits,
    Duration lease) {
  public Hold {
    limits = List.copyOf(limits);
    if (lease.isNegative() || lease.isZero()) {
      throw new IllegalArgumentException("a lease must be longer than zero: " + lease);
    }
  }

  /**
   * Whether the store must be told of it when it was admitted without: limits in shadow, and how
   * many end users there are, leave out what happened then.
   */
  boolean toBeAdopted() {
    return limits.stream().anyMatch(Hold::toBeAdopted);
  }

  static boolean toBeAdopted(ScopedLimit limit) {
    return !limit.shadow() && !(limit.limit() instanceof EndUsers);
  }
}
