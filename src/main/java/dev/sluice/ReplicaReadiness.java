package dev.sluice;

import dev.sluice.edge.Readiness;
import dev.sluice.redis.RedisConnections;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Ready while Redis answers, until this replica drains; and for as long without it as keys are
 * honoured. All replicas lose Redis at once: were none of them ready then, nobody would be served
 * by the policy for outages.
 */
final class ReplicaReadiness implements Readiness {
  private final RedisConnections redis;
  private final Duration keys;
  private volatile boolean draining;

  /**
   * @param keys how long a key is honoured without Redis
   */
  ReplicaReadiness(RedisConnections redis, Duration keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** From now on it is not ready. */
  void drain() {
    draining = true;
  }

  @Override
  public CompletionStage<State> state() {
    return draining
        ? CompletableFuture.completedFuture(new State(false, "draining"))
        : redis
            .ping()
            .handle((pong, failure) -> failure == null ? new State(true, "ready") : withoutRedis());
  }

  private State withoutRedis() {
    return redis.sinceAnswer().filter(since -> since.compareTo(keys) < 0).isPresent()
        ? new State(true, "ready, though Redis does not answer")
        : new State(false, "Redis does not answer");
  }
}
