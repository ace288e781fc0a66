package dev.sluice.ratelimit;

import java.util.List;

/** Is told what was counted. Called on event loops, by many at once; must not block. */
public interface RateLimitMetrics {
  /**
   * Hits on a rule.
   *
   * @param path the name of the rule in statistics: that of the rule itself, or, where it has
   *     {@code detailed_metric} or {@code value_to_metric}, with values of the request in it
   */
  void counted(Rule rule, List<String> path, HitCounts hits);

  /** A request could not be counted, and got what the policy says. */
  void unavailable(OutageAnswer policy);

  /** A query was refused before anything was counted. */
  void refused(InvalidQuery why);

  /** A descriptor came for a domain that has no rules. */
  void unknownDomain();

  /** A request was over its limits, and only the global shadow mode let it pass. */
  void shadowed();
}
