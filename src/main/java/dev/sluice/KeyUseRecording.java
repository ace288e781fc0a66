package dev.sluice;

import dev.sluice.account.KeyUse;
import dev.sluice.account.LastUses;
import dev.sluice.metrics.Metrics;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisLastUses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Writes from time to time, and at the end, when keys were last used. */
final class KeyUseRecording {
  /** As many as callers are known; a hundred bytes each. */
  private static final int MOST = 100_000;

  private final LastUses uses;

  KeyUseRecording(RedisConnections redis, Metrics metrics) {
    this.uses =
        new LastUses(new RedisLastUses(redis), MOST, System::nanoTime, metrics::droppedKeyUse);
  }

  KeyUse uses() {
    return uses;
  }

  void start(Vertx vertx, Duration interval) {
    var unused = uses.write();
    vertx.setPeriodic(interval.toMillis(), timer -> uses.write());
  }

  /** Blocks, for so long at most. */
  void stop(Duration time) {
    // Twice, as the first may be under way and without the last uses.
    Lifecycle.stopped(
        Future.fromCompletionStage(uses.write().thenCompose(v -> uses.write())), time);
  }
}
