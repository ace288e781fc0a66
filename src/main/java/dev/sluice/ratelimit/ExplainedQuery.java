package dev.sluice.ratelimit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What would become of a query, and why.
 *
 * @param at the time by which windows were chosen
 * @param verdict empty when nobody knows, because the counters do not answer
 * @param unanswered why the counters did not answer, if they did not
 */
public record ExplainedQuery(
    Instant at,
    RateLimitOptions options,
    List<Part> parts,
    Optional<Verdict> verdict,
    Optional<String> unanswered) {
  public ExplainedQuery {
    parts = List.copyOf(parts);
  }

  /**
   * One of its descriptors.
   *
   * @param hits that would be counted; 0 only looks
   * @param counter empty when nothing would be counted
   */
  public record Part(Descriptor descriptor, long hits, Met met, Optional<Counter> counter) {}

  /**
   * A counter as it is.
   *
   * @param key its name in Redis
   * @param value of hits in this window; empty when the counters do not answer
   * @param atLeast whether the value is the least that there may be: of a rolling limit that is
   *     used up nobody says by how much
   * @param window empty of a rolling limit
   * @param millisKnownOver for how long the local cache says that it is over its limit, if it does
   */
  public record Counter(
      String key,
      Limit limit,
      OptionalLong value,
      boolean atLeast,
      Optional<Window> window,
      OptionalLong millisKnownOver) {}

  /** A fixed window; the end is the beginning of the next. */
  public record Window(Instant start, Instant end) {}
}
