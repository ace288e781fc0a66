package dev.sluice.edge;

import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Refusal;
import java.time.Duration;
import java.util.Optional;

/** What a limit in shadow would have refused, in words, for those who may enforce it. */
final class WouldRefuse {
  private WouldRefuse() {}

  /**
   * The value of the header: the reason, as in the metric, and why. Models may be named in any
   * script and headers may not: what is not ASCII is a question mark.
   */
  static String header(Refusal refusal) {
    return (refusal.reason() + "; " + why(refusal)).replaceAll("[^ -~]", "?");
  }

  private static String why(Refusal refusal) {
    if (refusal instanceof Refusal.RateExceeded rate) {
      return why(rate.limit());
    } else if (refusal instanceof Refusal.ConcurrencyExceeded running) {
      return why(running.limit());
    }
    if (refusal instanceof Refusal.EndUsersExceeded users) {
      return why(users.limit());
    }
    return refusal instanceof Refusal.BoundExceeded bound ? LimitWords.of(bound) : "not enforced";
  }

  private static String why(EvaluatedLimit limit) {
    Optional<Duration> wait = limit.retryAfter();
    return "%s: limit %s, used %d, %s"
        .formatted(
            LimitWords.over(limit),
            LimitWords.allowed(limit),
            limit.used(),
            wait.isPresent() ? "room again in " + Durations.compact(wait.get()) : "never any room");
  }
}
