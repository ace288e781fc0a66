package dev.sluice;

import dev.sluice.config.SluiceConfig.RateLimit;
import dev.sluice.edge.ratelimit.RuleMetrics;
import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.DescriptorLimits;
import dev.sluice.ratelimit.OverLimitCache;
import dev.sluice.ratelimit.RateLimitCounters;
import dev.sluice.ratelimit.RateLimitOptions;
import dev.sluice.ratelimit.RuleTree;
import dev.sluice.redis.RedisRateLimitCounters;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/** The descriptor limits of Envoy's {@code ratelimit}, put together. */
final class RateLimiting {
  private RateLimiting() {}

  static DescriptorLimits limits(
      RateLimit settings,
      ServerRedis store,
      Vertx vertx,
      Supplier<Optional<RuleTree>> rules,
      InstantSource clock,
      Metrics metrics) {
    RateLimitCounters counters =
        new RedisRateLimitCounters(
            store.connect(settings.timeout(), vertx, metrics),
            Math.toIntExact(settings.expiryJitter().toSeconds()));
    return new DescriptorLimits(
        rules,
        counters,
        settings.localCacheBytes() == 0
            ? Optional.empty()
            : Optional.of(new OverLimitCache(settings.localCacheBytes(), System::nanoTime)),
        new RateLimitOptions(
            settings.keyPrefix(),
            settings.shadowMode(),
            settings.quotaMode(),
            settings.nearLimitRatio(),
            settings.stopWhenOver()),
        clock,
        new RuleMetrics(metrics.rateLimit()));
  }
}
