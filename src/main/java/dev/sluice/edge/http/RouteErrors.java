package dev.sluice.edge.http;

import dev.sluice.edge.ErrorBody;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.RequestId;
import dev.sluice.metrics.Metrics;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What a door answers where it has no route: errors in the shape of the API. */
public final class RouteErrors {
  private final String door;
  private final Replies replies;
  private final RequestId requestIds;
  private final Metrics metrics;

  public RouteErrors(String door, Replies replies, RequestId requestIds, Metrics metrics) {
    this.door = door;
    this.replies = replies;
    this.requestIds = requestIds;
    this.metrics = metrics;
  }

  /**
   * Makes a router answer so.
   *
   * @param allowed the methods of a path that has routes
   */
  public void addTo(Router router, Function<String, String> allowed) {
    router.errorHandler(
        400, route -> reply(route, 400, "The request cannot be read.", "invalid_request"));
    router.errorHandler(
        404,
        route -> {
          HttpServerRequest request = route.request();
          String url = request.method() + " " + request.path();
          reply(route, 404, "Unknown request URL: " + url + ".", "unknown_url");
        });
    router.errorHandler(
        405,
        route -> {
          HttpServerRequest request = route.request();
          route.response().putHeader("allow", allowed.apply(route.normalizedPath()));
          String what = "The method " + request.method() + " is not allowed for " + request.path();
          reply(route, 405, what + ".", "method_not_allowed");
        });
  }

  private void reply(RoutingContext route, int status, String message, String code) {
    HttpServerRequest request = route.request();
    metrics.badRequest(door, code);
    replies.send(
        request,
        Refusals.error(
            status,
            ErrorBody.invalidRequest(message, code),
            Map.of(),
            requestIds.shown(Optional.ofNullable(request.getHeader("x-request-id")))));
  }
}
