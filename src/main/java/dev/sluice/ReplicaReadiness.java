package dev.sluice;

import dev.sluice.edge.Readiness;
import dev.sluice.redis.RedisConnections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Ready while Redis answers, until this replica drains. */
final class ReplicaReadiness implements Readiness {
  private final RedisConnections redis;
  private volatile boolean draining;

  ReplicaReadiness(RedisConnections redis) {
    this.redis = redis;
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
            .handle(
                (pong, failure) ->
                    failure == null
                        ? new State(true, "ready")
                        : new State(false, "Redis does not answer"));
  }
}
