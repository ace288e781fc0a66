package dev.sluice.edge.metrics;

import dev.sluice.edge.Readiness;
import dev.sluice.edge.http.Endpoint;
import dev.sluice.edge.http.PlainErrors;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;

/** A page of metrics for Prometheus; {@code /live} and {@code /ready} for an orchestrator. */
public final class MetricsDoor {
  private static final Duration HANDSHAKE = Duration.ofSeconds(10);

  private final HttpServer server;

  /**
   * @param path of the page of metrics
   */
  public MetricsDoor(
      Vertx vertx,
      Endpoint endpoint,
      String path,
      CollectorRegistry registry,
      Readiness readiness) {
    Router router = Router.router(vertx);
    PlainErrors.addTo(router);
    router.get(path).handler(route -> metrics(route, registry));
    router.get("/live").handler(route -> route.response().end("alive\n"));
    router.get("/ready").handler(route -> ready(route.request(), readiness));
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

  /** Many rules are much text: not on an event loop, where requests wait. */
  private static void metrics(RoutingContext route, CollectorRegistry registry) {
    String type = TextFormat.chooseContentType(route.request().getHeader("accept"));
    route
        .vertx()
        .executeBlocking(() -> text(type, registry), false)
        .onSuccess(text -> route.response().putHeader("content-type", type).end(text))
        .onFailure(route::fail);
  }

  private static String text(String type, CollectorRegistry registry) throws IOException {
    StringWriter text = new StringWriter();
    TextFormat.writeFormat(type, text, registry.metricFamilySamples());
    return text.toString();
  }

  private static void ready(HttpServerRequest request, Readiness readiness) {
    Future.fromCompletionStage(readiness.state())
        .onSuccess(
            state ->
                request.response().setStatusCode(state.ready() ? 200 : 503).end(state.why() + "\n"))
        .onFailure(failure -> request.response().setStatusCode(503).end("unknown\n"));
  }
}
