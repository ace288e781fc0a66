package dev.sluice.edge.http;

import io.netty.handler.ssl.SslContext;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import java.security.GeneralSecurityException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/** Lets Vert.x use a context that is made elsewhere, and may change behind its back. */
final class VertxTls extends SSLEngineOptions {
  private final SslContext context;

  VertxTls(SslContext context) {
    this.context = context;
  }

  @Override
  public SSLEngineOptions copy() {
    return new VertxTls(context);
  }

  @Override
  public SslContextFactory sslContextFactory() {
    return () -> context;
  }

  /** No key at all: Vert.x insists on one, though the context has it. */
  static KeyCertOptions noKey() {
    try {
      KeyManagerFactory none =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      none.init(null, new char[0]);
      return KeyCertOptions.wrap((X509KeyManager) none.getKeyManagers()[0]);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has X.509", e);
    }
  }
}
