package dev.sluice;

import dev.sluice.config.RateLimitServerConfig;
import dev.sluice.edge.Readiness;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Whether a server of descriptor limits is healthy. As in envoyproxy/ratelimit neither Redis nor
 * the rules count unless the settings say so: a probe must not end every replica in an outage.
 */
final class RateLimitHealth implements Readiness {
  private static final State HEALTHY = new State(true, "ready");

  private final RateLimitServerConfig.Health needs;
  private final LiveRules rules;
  private final Readiness redis;
  private volatile boolean draining;

  RateLimitHealth(RateLimitServerConfig.Health needs, LiveRules rules, Readiness redis) {
    this.needs = needs;
    this.rules = rules;
    this.redis = redis;
  }

  /** From now on it is not healthy. */
  void drain() {
    draining = true;
  }

  @Override
  public CompletionStage<State> state() {
    if (draining) {
      return completed(new State(false, "draining"));
    }
    if (needs.rules() && rules.rules().filter(tree -> !tree.isEmpty()).isEmpty()) {
      return completed(new State(false, "no rate limit configuration loaded"));
    }
    return needs.redis() ? redis.state() : completed(HEALTHY);
  }

  private static CompletionStage<State> completed(State state) {
    return CompletableFuture.completedFuture(state);
  }
}
