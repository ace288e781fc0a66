package dev.sluice;

import dev.sluice.config.SluiceConfig.Http;
import dev.sluice.config.SluiceConfig.RateLimit;
import dev.sluice.edge.debug.RateLimitExplainPage;
import dev.sluice.edge.http.Bodies;
import dev.sluice.edge.ratelimit.ExplainJson;
import dev.sluice.edge.ratelimit.RuleMetrics;
import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.DescriptorLimits;
import dev.sluice.ratelimit.LocalShare;
import dev.sluice.ratelimit.OverLimitCache;
import dev.sluice.ratelimit.PerSecondCounters;
import dev.sluice.ratelimit.RateLimitCounters;
import dev.sluice.ratelimit.RateLimitOptions;
import dev.sluice.ratelimit.RuleTree;
import dev.sluice.redis.GuardedCounters;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisRateLimitCounters;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The descriptor limits of Envoy's {@code ratelimit}, put together. */
final class RateLimiting {
  private final RateLimit settings;
  private final Metrics metrics;

  private RateLimiting(RateLimit settings, Metrics metrics) {
    this.settings = settings;
    this.metrics = metrics;
  }

  /**
   * The limits.
   *
   * @param replicas how many replicas there are, for their shares in an outage
   */
  static DescriptorLimits limits(
      RateLimit settings,
      ServerRedis store,
      Vertx vertx,
      Supplier<Optional<RuleTree>> rules,
      IntSupplier replicas,
      InstantSource clock,
      Metrics metrics) {
    RateLimiting parts = new RateLimiting(settings, metrics);
    RateLimitCounters main = parts.counters("main", store.connect(parts.timeout(), vertx, metrics));
    return new DescriptorLimits(
        rules,
        settings
            .perSecondRedis()
            .map(address -> store.connect(address, parts.timeout(), vertx, metrics))
            .map(redis -> parts.counters("per_second", redis))
            .<RateLimitCounters>map(perSecond -> new PerSecondCounters(perSecond, main))
            .orElse(main),
        settings.localCacheBytes() == 0
            ? Optional.empty()
            : Optional.of(new OverLimitCache(settings.localCacheBytes(), System::nanoTime)),
        new LocalShare(replicas, System::nanoTime),
        parts.options(),
        clock,
        new RuleMetrics(metrics.rateLimit()));
  }

  /**
   * What would become of queries, for the debug door.
   *
   * @param bodyTimeout of what is posted to it
   */
  static RateLimitExplainPage explained(
      RateLimit settings,
      Http http,
      Duration bodyTimeout,
      Vertx vertx,
      DescriptorLimits limits,
      Metrics metrics) {
    return new RateLimitExplainPage(
        new Bodies(vertx, "debug", PartOptions.jsonBodies(http, bodyTimeout), metrics),
        new ExplainJson(limits.explain(), PartOptions.rateLimitAnswers(settings))::answer);
  }

  private RedisTimeout timeout() {
    return new RedisTimeout("rateLimit.timeout (SLUICE_RATE_LIMIT_TIMEOUT)", settings.timeout());
  }

  private RateLimitCounters counters(String name, RedisConnections redis) {
    int jitter = Math.toIntExact(settings.expiryJitter().toSeconds());
    return new GuardedCounters(
        new GuardedCounters.Described(name, settings.timeout(), settings.outage()),
        new RedisRateLimitCounters(redis, jitter),
        System::nanoTime,
        metrics);
  }

  private RateLimitOptions options() {
    return new RateLimitOptions(
        settings.keyPrefix(),
        settings.shadowMode(),
        settings.quotaMode(),
        settings.nearLimitRatio(),
        settings.stopWhenOver(),
        settings.outage());
  }
}
