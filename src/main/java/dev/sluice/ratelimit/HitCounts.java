package dev.sluice.ratelimit;

/**
 * What became of the hits on one rule, as envoyproxy/ratelimit counts it in its statistics.
 *
 * <p>Hits that cross a threshold are split: those below it, and those above.
 *
 * @param total of all, also of those that the counters did not answer
 * @param withinLimit all or none: a request is within its limit as a whole
 * @param nearLimit above the near threshold and not over the limit
 * @param overLimit also where the rule only shadows
 * @param overLimitWithLocalCache those of {@code overLimit} of which the counters were not asked
 * @param shadowMode those of {@code overLimit} that the rule's shadow mode let pass
 */
public record HitCounts(
    long total,
    long withinLimit,
    long nearLimit,
    long overLimit,
    long overLimitWithLocalCache,
    long shadowMode) {

  /**
   * @param value of the counter after these hits
   * @param limit up to which nothing is over
   * @param near up to which nothing is near the limit
   */
  static HitCounts counted(long hits, long value, long limit, long near, boolean shadow) {
    long before = Math.max(0, value - hits);
    if (value <= limit) {
      long above = Math.min(hits, Math.max(0, value - near));
      return new HitCounts(hits, hits, above, 0, 0, 0);
    }
    long over = before >= limit ? hits : value - limit;
    long between = before >= limit ? 0 : limit - Math.max(near, before);
    return new HitCounts(hits, 0, between, over, 0, shadow ? over : 0);
  }

  /** The counters were not asked: they had said before that the limit is exceeded. */
  static HitCounts knownToBeOver(long hits, boolean shadow) {
    return new HitCounts(hits, 0, 0, hits, hits, shadow ? hits : 0);
  }

  /** The counters did not answer. */
  static HitCounts unanswered(long hits) {
    return new HitCounts(hits, 0, 0, 0, 0, 0);
  }
}
