package dev.sluice.edge.http;

import dev.sluice.edge.tls.DoorTls;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Where a door of HTTP listens.
 *
 * @param port 0 for a free one
 * @param tls empty speaks plain text
 */
public record Endpoint(String host, int port, Optional<DoorTls> tls) {

  /** The same elsewhere. */
  Endpoint at(int otherPort) {
    return new Endpoint(host, otherPort, tls);
  }

  /**
   * For a server here, of HTTP/1.1 alone: with HTTP/2 Vert.x tells of a connection after its first
   * head only, so that its deadline would begin too late.
   *
   * @param handshake how long that of TLS may take, after which the connection is closed
   */
  public HttpServerOptions options(Duration handshake) {
    HttpServerOptions options =
        new HttpServerOptions().setHost(host).setPort(port).setHttp2ClearTextEnabled(false);
    tls.ifPresent(
        its ->
            options
                .setSsl(true)
                .setSslEngineOptions(new VertxTls(its.context()))
                .setKeyCertOptions(VertxTls.noKey())
                .setSslHandshakeTimeout(handshake.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS));
    return options;
  }
}
