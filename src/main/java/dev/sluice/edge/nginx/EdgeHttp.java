package dev.sluice.edge.nginx;

import dev.sluice.edge.Answer;
import dev.sluice.edge.Readiness;
import dev.sluice.edge.RequestId;
import dev.sluice.edge.http.Bodies;
import dev.sluice.edge.http.BodyBounds;
import dev.sluice.edge.http.Connections;
import dev.sluice.edge.http.HttpDoor;
import dev.sluice.edge.http.HttpDoorOptions;
import dev.sluice.edge.http.Replies;
import dev.sluice.edge.http.RouteErrors;
import dev.sluice.metrics.Metrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The door of HTTP for edges: {@code /auth}, {@code /json} and {@code /healthcheck}. */
public final class EdgeHttp {
  private final String name;
  private final Optional<AuthRequest> auth;
  private final JsonRequest json;
  private final Readiness readiness;
  private final Replies replies;
  private final RequestId ids;
  private final Metrics metrics;
  private final Vertx vertx;
  private final Connections connections;
  private final HttpDoor door;

  /**
   * @param auth answers {@code /auth}; empty: there is none
   * @param bodies of {@code /json}
   * @param rateLimit answers a body of {@code /json}; called on an event loop
   */
  public EdgeHttp(
      Vertx vertx,
      HttpDoorOptions options,
      Optional<AuthRequest> auth,
      BodyBounds bodies,
      Function<byte[], CompletionStage<Answer>> rateLimit,
      Readiness readiness,
      RequestId ids,
      Metrics metrics) {
    this.name = options.door();
    this.vertx = vertx;
    this.auth = auth;
    this.readiness = readiness;
    this.ids = ids;
    this.metrics = metrics;
    this.connections = new Connections(options, metrics, System::nanoTime);
    this.replies = new Replies(connections);
    this.json =
        new JsonRequest(
            name, new Bodies(vertx, name, bodies, metrics), rateLimit, replies, ids, metrics);
    this.door = new HttpDoor(vertx, options, connections, ids, metrics, this::router);
  }

  /**
   * Listens on as many event loops.
   *
   * @return the port
   */
  public Future<Integer> start(int eventLoops) {
    return door.start(eventLoops);
  }

  /** Ends: what is being answered has so long. */
  public Future<Void> stop(Duration time) {
    return Future.any(door.shutdown(time), vertx.timer(time.toMillis()))
        .otherwiseEmpty()
        .onComplete(over -> connections.forceAll())
        .mapEmpty();
  }

  private Router router(Context context) {
    Router router = Router.router(vertx);
    auth.ifPresent(
        its -> router.route("/auth").handler(route -> its.answer(context, route.request())));
    router.post("/json").handler(route -> json.answer(context, route.request()));
    // By whatever method a load balancer asks, as envoyproxy/ratelimit answers it.
    router.route("/healthcheck").handler(route -> healthcheck(context, route.request()));
    new RouteErrors(name, replies, ids, metrics)
        .addTo(router, path -> path.startsWith("/json") ? "POST" : "GET");
    return router;
  }

  /** As envoyproxy/ratelimit: 200 and OK, or 500. */
  private void healthcheck(Context context, HttpServerRequest request) {
    Future.fromCompletionStage(readiness.state(), context)
        .onSuccess(
            state -> {
              request.response().setStatusCode(state.ready() ? 200 : 500);
              request.response().end(state.ready() ? "OK" : state.why());
            })
        .onFailure(failure -> request.response().setStatusCode(500).end("unknown"));
  }
}
