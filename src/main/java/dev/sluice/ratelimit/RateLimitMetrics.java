package dev.sluice.ratelimit;

/** Is told what was counted. Called on event loops, by many at once; must not block. */
public interface RateLimitMetrics {
  /**
   * Hits were counted.
   *
   * @param overLimit how many of them were over the limit, also where it only counts (shadow)
   */
  void counted(Rule rule, long hits, long overLimit);

  /** Hits may not have been counted: the counters failed. */
  void failed(Rule rule, long hits);

  /** A query was refused before anything was counted. */
  void refused(InvalidQuery why);
}
