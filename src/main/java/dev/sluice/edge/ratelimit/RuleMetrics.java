package dev.sluice.edge.ratelimit;

import dev.sluice.metrics.RateLimitSeries;
import dev.sluice.metrics.RateLimitSeries.Kind;
import dev.sluice.ratelimit.HitCounts;
import dev.sluice.ratelimit.InvalidQuery;
import dev.sluice.ratelimit.OutageAnswer;
import dev.sluice.ratelimit.RateLimitMetrics;
import dev.sluice.ratelimit.Rule;
import java.util.List;
import java.util.Locale;

/** Counts what the descriptor limits do, by rule, under the names of envoyproxy/ratelimit. */
public final class RuleMetrics implements RateLimitMetrics {
  private final RateLimitSeries series;

  public RuleMetrics(RateLimitSeries series) {
    this.series = series;
  }

  @Override
  public void counted(Rule rule, List<String> path, HitCounts hits) {
    RateLimitSeries.OfRule its = series.of(rule.domain(), path, rule.path());
    its.add(Kind.TOTAL_HITS, hits.total());
    its.add(Kind.WITHIN_LIMIT, hits.withinLimit());
    its.add(Kind.NEAR_LIMIT, hits.nearLimit());
    its.add(Kind.OVER_LIMIT, hits.overLimit());
    its.add(Kind.OVER_LIMIT_WITH_LOCAL_CACHE, hits.overLimitWithLocalCache());
    its.add(Kind.SHADOW_MODE, hits.shadowMode());
  }

  @Override
  public void unavailable(OutageAnswer policy) {
    if (policy == OutageAnswer.ERROR) {
      series.failed("redis_error");
    } else {
      series.answeredInOutage(policy.name().toLowerCase(Locale.ROOT));
    }
  }

  @Override
  public void refused(InvalidQuery why) {
    series.failed("service_error");
  }

  @Override
  public void unknownDomain() {
    series.domainNotFound();
  }

  @Override
  public void shadowed() {
    series.globalShadowMode();
  }
}
