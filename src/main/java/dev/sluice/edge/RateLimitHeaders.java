package dev.sluice.edge;

import dev.sluice.admission.EvaluatedLimit;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * {@code x-ratelimit-{limit,remaining,reset}-requests} of the tightest limit, and the vendor's
 * {@code ...-requests-day} of a window of a day.
 */
public final class RateLimitHeaders {
  private static final Duration DAY = Duration.ofDays(1);

  /** Of equal ones, that which takes longer. */
  private static final Comparator<EvaluatedLimit> TIGHTEST_FIRST =
      Comparator.comparingLong(EvaluatedLimit::remaining)
          .thenComparing(EvaluatedLimit::reset, Comparator.reverseOrder());

  private RateLimitHeaders() {}

  /** Adds the headers for these limits; none for none. */
  public static void add(List<EvaluatedLimit> limits, Map<String, String> headers) {
    if (limits.isEmpty()) {
      return;
    }
    add(Collections.min(limits, TIGHTEST_FIRST), "requests", headers);
    for (EvaluatedLimit limit : limits) {
      if (limit.limit().rate().period().equals(DAY)) {
        add(limit, "requests-day", headers);
      }
    }
  }

  private static void add(EvaluatedLimit limit, String unit, Map<String, String> headers) {
    headers.put("x-ratelimit-limit-" + unit, Long.toString(limit.allowed()));
    headers.put("x-ratelimit-remaining-" + unit, Long.toString(limit.remaining()));
    headers.put("x-ratelimit-reset-" + unit, Durations.compact(limit.reset()));
  }
}
