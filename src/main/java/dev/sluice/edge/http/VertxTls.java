package dev.sluice.edge.http;

import io.netty.handler.ssl.SslContext;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;

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
}
