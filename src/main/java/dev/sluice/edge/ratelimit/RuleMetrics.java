package dev.sluice.edge.ratelimit;

import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.InvalidQuery;
import dev.sluice.ratelimit.RateLimitMetrics;
import dev.sluice.ratelimit.Rule;

/** Counts what the descriptor limits do, by rule: so there are as many series as rules were met. */
public final class RuleMetrics implements RateLimitMetrics {
  private static final String DOOR = "ratelimit";

  private final Metrics metrics;

  public RuleMetrics(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void counted(Rule rule, long hits, long overLimit) {
    metrics.descriptorHits(rule.key(), "within_limit", hits - overLimit);
    metrics.descriptorHits(rule.key(), "over_limit", overLimit);
  }

  @Override
  public void failed(Rule rule, long hits) {
    metrics.descriptorHits(rule.key(), "failed", hits);
  }

  @Override
  public void refused(InvalidQuery why) {
    metrics.badRequest(DOOR, "invalid_query");
  }
}
