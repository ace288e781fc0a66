package dev.sluice.edge.debug;

import dev.sluice.edge.http.Endpoint;
import dev.sluice.edge.http.PlainErrors;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The pages for the one on call, and a list of them at {@code /}. */
public final class DebugDoor {
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  private final HttpServer server;

  public DebugDoor(Vertx vertx, Endpoint endpoint, List<? extends DebugPages> pages) {
    Router router = Router.router(vertx);
    String index = pages.stream().map(DebugPages::index).collect(Collectors.joining());
    PlainErrors.addTo(router);
    router.get("/").handler(route -> route.response().end(index));
    pages.forEach(some -> some.addTo(router));
    this.server =
        vertx
            .createHttpServer(endpoint.options(HANDSHAKE).setIdleTimeout(75))
            .requestHandler(router);
  }

  /** Listens; the port. */
  public Future<Integer> start() {
    return server.listen().map(HttpServer::actualPort);
  }

  public Future<Void> stop() {
    return server.shutdown(Duration.ZERO);
  }
}
