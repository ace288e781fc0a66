package dev.sluice.edge.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.stream.Collectors;

/**
 * Answers the preflights of browsers and says on every other answer, refusals too, who may read it.
 */
public final class Cors implements Handler<RoutingContext> {
  private final CorsOptions options;
  private final CorsHandler handler;

  private Cors(CorsOptions options) {
    this.options = options;
    this.handler =
        CorsHandler.create()
            .allowedMethods(
                options.methods().stream().map(HttpMethod::valueOf).collect(Collectors.toSet()))
            .exposedHeaders(options.exposedHeaders())
            .maxAgeSeconds((int) options.maxAge().toSeconds())
            .allowCredentials(options.credentials());
    options.origins().forEach(handler::addOrigin);
    if (!options.headers().isEmpty()) {
      handler.allowedHeaders(options.headers());
    }
  }

  /** Adds it to a router before all of its routes. */
  public static void addTo(Router router, CorsOptions options) {
    router.route().handler(new Cors(options));
  }

  /**
   * An origin that is not listed gets an answer without a word of CORS, which its browser keeps
   * from it. Vert.x would refuse it, and with it pages of the gateway's own origin, for browsers
   * send Origin with their POSTs as well.
   */
  @Override
  public void handle(RoutingContext route) {
    String origin = route.request().getHeader(HttpHeaders.ORIGIN);
    if (origin == null || options.allows(origin)) {
      handler.handle(route);
    } else {
      route.response().putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
      route.next();
    }
  }
}
