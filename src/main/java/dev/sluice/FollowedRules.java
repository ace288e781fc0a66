package dev.sluice;

import dev.sluice.config.ConfigurationWatch;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.config.RateLimitServerConfig.RuleSource;
import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.LoadedRules;
import dev.sluice.xds.Backoff;
import dev.sluice.xds.RuleStream;
import dev.sluice.xds.XdsOptions;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Random;

/**
 * The descriptor rules where they are kept, followed: in files, or at a server of configuration.
 *
 * @param start begins to follow, after a first look where that is possible; blocks meanwhile
 */
record FollowedRules(Runnable start, Runnable stop) {
  /** A change is in force after two looks at most, and what reading takes. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  static FollowedRules of(RuleSource source, Vertx vertx, LiveRules live, Metrics metrics) {
    if (source instanceof RuleSource.Directory directory) {
      ConfigurationWatch<LoadedRules> watch = ConfigurationWatch.of(directory.files());
      return new FollowedRules(() -> follow(watch, live), watch::close);
    }
    RuleStream stream =
        new RuleStream(
            options((RuleSource.Discovery) source),
            EventLoops.of(vertx),
            live::replace,
            metrics,
            new Random());
    return new FollowedRules(stream::start, stream::close);
  }

  private static void follow(ConfigurationWatch<LoadedRules> watch, LiveRules live) {
    try {
      live.changed(watch.load());
    } catch (InvalidConfiguration e) {
      live.refused(e);
    }
    watch.follow(live, LOOK);
  }

  private static XdsOptions options(RuleSource.Discovery its) {
    return new XdsOptions(
        its.server(),
        its.nodeId(),
        its.nodeMetadata(),
        its.headers(),
        its.tls().map(DiscoveryContext::new),
        its.serverName(),
        its.maxMessageBytes(),
        new Backoff(its.firstWait(), its.longestWait(), its.randomFactor()));
  }
}
