package dev.sluice.edge.ratelimit;

import dev.sluice.ratelimit.InvalidQuery;
import dev.sluice.ratelimit.RateLimitMetrics;
import dev.sluice.ratelimit.Rule;

/** Measures nothing. */
final class Silent implements RateLimitMetrics {
  @Override
  public void counted(Rule rule, long hits, long overLimit) {}

  @Override
  public void failed(Rule rule, long hits) {}

  @Override
  public void refused(InvalidQuery why) {}
}
