package dev.sluice;

import dev.sluice.edge.Proofs;
import dev.sluice.redis.SharedSecret;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;

/** Keeps the secret of the proofs the same on all replicas. */
final class ProofSecret {
  /** Also after the start: a Redis that has lost the secret is given it again. */
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final SharedSecret shared;
  private final Proofs proofs;
  private volatile byte[] mine = new byte[32];

  ProofSecret(SharedSecret shared, Proofs proofs) {
    this.shared = shared;
    this.proofs = proofs;
    new SecureRandom().nextBytes(mine);
  }

  void start(Vertx vertx) {
    agree();
    vertx.setPeriodic(INTERVAL.toMillis(), timer -> agree());
  }

  private void agree() {
    // While Redis is away, the secret that held before holds; the store's port says what is wrong.
    var unused =
        shared
            .agree(mine)
            .thenAccept(
                secret -> {
                  mine = secret;
                  proofs.adopt(secret);
                });
  }
}
