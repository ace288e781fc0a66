package dev.sluice.redis;

import dev.sluice.tls.ClientTlsMaterial;
import dev.sluice.tls.ClientTlsSnapshot;
import dev.sluice.tls.Settling;
import dev.sluice.tls.TlsProblem;
import dev.sluice.tls.TlsWatch;
import dev.sluice.tls.UnusableTls;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom the connections to Redis believe, and what they show. What is new in the files holds for the
 * next connection; open ones go on.
 *
 * <p>{@link #look} is called by one thread, and blocks; all else is safe for use by many.
 */
public final class RedisTls implements TlsWatch.Watched {
  private static final Logger log = LoggerFactory.getLogger(RedisTls.class);

  private final Settling settling;
  private volatile ClientTlsMaterial inForce;

  public RedisTls(ClientTlsMaterial material) {
    this.inForce = material;
    this.settling = new Settling(material.digest());
  }

  /** For each new connection what is in force then. */
  void configure(SslContextBuilder context) {
    ClientTlsMaterial now = inForce;
    if (!now.authorities().isEmpty()) {
      context.trustManager(now.authorities());
    }
    now.identity().ifPresent(own -> context.keyManager(own.key(), own.chain()));
  }

  @Override
  public void look() {
    ClientTlsSnapshot snapshot = inForce.files().read();
    if (!settling.isNew(snapshot.digest())) {
      return;
    }
    try {
      inForce = snapshot.material();
      log.info("{}; in force for new connections", this);
      for (TlsProblem warning : inForce.warnings(Instant.now())) {
        log.warn("redisTls: {}", warning.message());
      }
    } catch (UnusableTls e) {
      log.error("redisTls: {}. What was read before stays in force", e.getMessage());
    }
  }

  @Override
  public String toString() {
    return "redisTls: " + inForce;
  }
}
