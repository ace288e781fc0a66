package dev.sluice.ratelimit;

import java.util.List;
import java.util.Optional;

/**
 * The answer to a query.
 *
 * @param statuses one for each descriptor, in their order
 * @param tightest that of the limit that a client should know of: the last one that refuses, else
 *     the first with the least remaining; empty without a limit
 */
public record Verdict(boolean overLimit, List<Status> statuses, Optional<Status> tightest) {
  public Verdict {
    statuses = List.copyOf(statuses);
  }

  /**
   * What came of one descriptor.
   *
   * @param limit that it was counted against, if any
   * @param remaining requests in this window
   * @param secondsUntilReset until the next window; 0 without a limit
   * @param metadata of the rule
   */
  public record Status(
      boolean overLimit,
      Optional<Limit> limit,
      long remaining,
      long secondsUntilReset,
      Metadata.Fields metadata) {
    /** No rule, or one without a limit. */
    static final Status UNMATCHED = new Status(false, Optional.empty(), 0, 0, Metadata.Fields.NONE);

    static final Status UNLIMITED =
        new Status(false, Optional.empty(), Limit.MOST, 0, Metadata.Fields.NONE);
  }
}
