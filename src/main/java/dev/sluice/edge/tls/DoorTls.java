package dev.sluice.edge.tls;

import dev.sluice.metrics.Metrics;
import dev.sluice.tls.Settling;
import dev.sluice.tls.TlsMaterial;
import dev.sluice.tls.TlsProblem;
import dev.sluice.tls.TlsSnapshot;
import dev.sluice.tls.TlsWatch;
import dev.sluice.tls.UnusableTls;
import io.netty.handler.ssl.SslContext;
import java.time.InstantSource;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of one door.
 *
 * <p>{@link #look} is called by one thread, and blocks; all else is safe for use by many.
 */
public final class DoorTls implements TlsWatch.Watched {
  private static final Logger log = LoggerFactory.getLogger(DoorTls.class);

  private final String door;
  private final Spoken spoken;
  private final Metrics metrics;
  private final InstantSource clock;
  private final CurrentContext context;
  private volatile TlsMaterial inForce;
  private volatile boolean refusing;
  private final Settling settling;

  /**
   * Shows in metrics when the certificate expires.
   *
   * @throws IllegalArgumentException when no context can be made of the material
   */
  public DoorTls(
      String door, Spoken spoken, TlsMaterial material, Metrics metrics, InstantSource clock) {
    this.door = door;
    this.spoken = spoken;
    this.metrics = metrics;
    this.clock = clock;
    this.inForce = material;
    this.settling = new Settling(material.digest());
    try {
      this.context = new CurrentContext(spoken.context(material));
    } catch (SSLException e) {
      throw new IllegalArgumentException("TLS of the " + door + " door: " + e.getMessage(), e);
    }
    metrics.gauge(
        "sluice_tls_certificate_expiry_timestamp_seconds",
        "When the certificate expires, in seconds since 1970.",
        door,
        () -> inForce.expiry().getEpochSecond());
    metrics.gauge(
        "sluice_tls_files_refused",
        "1 while the files of TLS are bad, so that what they held before stays in force.",
        door,
        () -> refusing ? 1 : 0);
  }

  /** For each new connection what is in force then. */
  public SslContext context() {
    return context;
  }

  /** Whose certificate, until when, and what clients need. */
  @Override
  public String toString() {
    return "TLS of the " + door + " door: " + inForce;
  }

  @Override
  public void look() {
    TlsSnapshot snapshot = inForce.files().read();
    String digest = snapshot.digest();
    if (!settling.isNew(digest)) {
      return;
    }
    if (digest.equals(inForce.digest())) {
      refusing = false;
      log.info("{}; the files hold again what is in force", this);
      return;
    }
    try {
      take(snapshot.material());
    } catch (UnusableTls | SSLException e) {
      refusing = true;
      metrics.reloadedTls(door, "refused");
      log.error(
          "TLS of the {} door: {}. What was read before stays in force: {}",
          door,
          e.getMessage(),
          inForce);
    }
  }

  private void take(TlsMaterial material) throws SSLException {
    context.replace(spoken.context(material));
    inForce = material;
    refusing = false;
    metrics.reloadedTls(door, "taken");
    log.info("{}; in force for new connections", this);
    for (TlsProblem warning : material.warnings(clock.instant())) {
      log.warn("TLS of the {} door: {}", door, warning.message());
    }
  }
}
