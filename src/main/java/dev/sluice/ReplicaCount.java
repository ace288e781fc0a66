package dev.sluice;

import dev.sluice.metrics.Metrics;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.ReplicaRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.UUID;
import java.util.function.IntSupplier;

/** Keeps known how many replicas share one Redis. */
final class ReplicaCount {
  private final ReplicaRegistry registry;
  private final Metrics metrics;

  ReplicaCount(RedisConnections redis, Metrics metrics) {
    this.registry = new ReplicaRegistry(redis, UUID.randomUUID().toString());
    this.metrics = metrics;
  }

  IntSupplier count() {
    return registry;
  }

  void start(Vertx vertx) {
    announce();
    vertx.setPeriodic(ReplicaRegistry.INTERVAL.toMillis(), timer -> announce());
  }

  private void announce() {
    var unused =
        registry.announce().whenComplete((count, failure) -> metrics.replicas(registry.getAsInt()));
  }

  /** Blocks, for so long at most, until the others know that this one leaves. */
  void stop(Duration time) {
    Lifecycle.stopped(Future.fromCompletionStage(registry.leave()), time);
  }
}
