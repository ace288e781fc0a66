package dev.sluice.edge.ratelimit;

import dev.sluice.ratelimit.HitCounts;
import dev.sluice.ratelimit.InvalidQuery;
import dev.sluice.ratelimit.OutageAnswer;
import dev.sluice.ratelimit.RateLimitMetrics;
import dev.sluice.ratelimit.Rule;
import java.util.List;

/** Measures nothing. */
final class Silent implements RateLimitMetrics {
  @Override
  public void counted(Rule rule, List<String> path, HitCounts hits) {}

  @Override
  public void unavailable(OutageAnswer policy) {}

  @Override
  public void refused(InvalidQuery why) {}

  @Override
  public void unknownDomain() {}

  @Override
  public void shadowed() {}
}
