package dev.sluice.edge;

import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * {@code x-ratelimit-{limit,remaining,reset}-requests} of the tightest rate, and the vendor's
 * {@code ...-requests-day} of the tightest one of a day. Never of one in shadow: a client that saw
 * it would obey it.
 */
public final class RateLimitHeaders {
  private static final Duration DAY = Duration.ofDays(1);

  /** Of equal ones, that which takes longer. */
  private static final Comparator<EvaluatedLimit> TIGHTEST_FIRST =
      Comparator.comparingLong(EvaluatedLimit::remaining)
          .thenComparing(EvaluatedLimit::reset, Comparator.reverseOrder());

  private RateLimitHeaders() {}

  /**
   * Adds the headers for these limits; none where no rate is among them. How many ran at the time
   * of a decision says nothing by the time of its answer.
   */
  public static void add(List<EvaluatedLimit> limits, Map<String, String> headers) {
    tightest(limits, rate -> true).ifPresent(limit -> add(limit, headers));
    tightest(limits, rate -> rate.period().equals(DAY))
        .ifPresent(limit -> add(limit, "requests-day", headers));
  }

  /** Adds the headers for the limit that a request met. */
  static void add(EvaluatedLimit limit, Map<String, String> headers) {
    add(limit, "requests", headers);
  }

  private static Optional<EvaluatedLimit> tightest(
      List<EvaluatedLimit> limits, Predicate<Rate> which) {
    // Every answer comes here: so no stream.
    EvaluatedLimit tightest = null;
    for (EvaluatedLimit limit : limits) {
      if (limit.limit().limit() instanceof Rate rate
          && !rate.shadow()
          && which.test(rate)
          && (tightest == null || TIGHTEST_FIRST.compare(limit, tightest) < 0)) {
        tightest = limit;
      }
    }
    return Optional.ofNullable(tightest);
  }

  private static void add(EvaluatedLimit limit, String unit, Map<String, String> headers) {
    headers.put("x-ratelimit-limit-" + unit, Long.toString(limit.allowed()));
    headers.put("x-ratelimit-remaining-" + unit, Long.toString(limit.remaining()));
    headers.put("x-ratelimit-reset-" + unit, Durations.compact(limit.reset()));
  }
}
