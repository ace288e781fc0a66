package dev.sluice.ratelimit;

import java.util.List;

/** For whom nothing is to be told: what is not counted is not in statistics. */
public final class Untold implements RateLimitMetrics {
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
