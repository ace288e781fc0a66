package dev.sluice.ratelimit;

import java.util.List;
import java.util.Optional;

/**
 * The answer to a query.
 *
 * @param statuses one for each descriptor, in their order
 */
public record Verdict(boolean overLimit, List<Status> statuses) {
  public Verdict {
    statuses = List.copyOf(statuses);
  }

  /**
   * What came of one descriptor.
   *
   * @param limit that it was counted against, if any
   * @param remaining requests in this window
   * @param secondsUntilReset until the next window; 0 without a limit
   */
  public record Status(
      boolean overLimit, Optional<Limit> limit, long remaining, long secondsUntilReset) {
    /** No rule, or one without a limit. */
    static final Status UNMATCHED = new Status(false, Optional.empty(), 0, 0);

    static final Status UNLIMITED = new Status(false, Optional.empty(), Limit.MOST, 0);
  }
}
