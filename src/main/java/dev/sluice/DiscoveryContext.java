package dev.sluice;

import dev.sluice.config.RateLimitServerConfig.RuleSource.DiscoveryTls;
import dev.sluice.tls.ClientTlsMaterial;
import dev.sluice.tls.UnusableTls;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a server of configuration is spoken to by TLS: with what is in the files whenever it is asked
 * for. When that cannot be used, with what was there before.
 *
 * <p>Reads files, so it blocks. Used by one thread.
 */
final class DiscoveryContext implements Supplier<SslContext> {
  private static final Logger log = LoggerFactory.getLogger(DiscoveryContext.class);

  private Optional<ClientTlsMaterial> inForce;

  DiscoveryContext(DiscoveryTls tls) {
    this.inForce = tls.files();
  }

  @Override
  public SslContext get() {
    inForce = inForce.map(DiscoveryContext::again);
    SslContextBuilder context = GrpcSslContexts.forClient();
    inForce
        .map(ClientTlsMaterial::authorities)
        .filter(authorities -> !authorities.isEmpty())
        .ifPresent(context::trustManager);
    inForce
        .flatMap(ClientTlsMaterial::identity)
        .ifPresent(own -> context.keyManager(own.key(), own.chain()));
    try {
      return context.build();
    } catch (SSLException e) {
      throw new IllegalStateException("files that were checked make no client of TLS", e);
    }
  }

  private static ClientTlsMaterial again(ClientTlsMaterial before) {
    try {
      return before.files().read().material();
    } catch (UnusableTls e) {
      log.error(
          "TLS to the server of configuration: {}. What was read before stays in force",
          e.getMessage());
      return before;
    }
  }
}
