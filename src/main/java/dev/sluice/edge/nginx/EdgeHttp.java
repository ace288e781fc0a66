package dev.sluice.edge.nginx;

import dev.sluice.edge.Answer;
import dev.sluice.edge.BadRequest;
import dev.sluice.edge.Readiness;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.RequestId;
import dev.sluice.edge.authorization.Authorizer;
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
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The door of HTTP for edges: {@code /auth}, {@code /json} and {@code /healthcheck}. */
public final class EdgeHttp {
  private static final Logger log = LoggerFactory.getLogger(EdgeHttp.class);

  private final String name;
  private final AuthRequest auth;
  private final Function<byte[], CompletionStage<Answer>> rateLimit;
  private final Readiness readiness;
  private final Bodies bodies;
  private final Replies replies;
  private final RequestId ids;
  private final Metrics metrics;
  private final Vertx vertx;
  private final Connections connections;
  private final HttpDoor door;

  /**
   * @param modelHeader in which the edge says the model
   * @param bodies of {@code /json}
   * @param rateLimit answers a body of {@code /json}; called on an event loop
   */
  public EdgeHttp(
      Vertx vertx,
      HttpDoorOptions options,
      BodyBounds bodies,
      Authorizer authorizer,
      Optional<String> modelHeader,
      Function<byte[], CompletionStage<Answer>> rateLimit,
      Readiness readiness,
      RequestId ids,
      Metrics metrics) {
    this.name = options.door();
    this.vertx = vertx;
    this.auth = new AuthRequest(authorizer, ids, modelHeader);
    this.rateLimit = rateLimit;
    this.readiness = readiness;
    this.bodies = new Bodies(vertx, name, bodies, metrics);
    this.ids = ids;
    this.metrics = metrics;
    this.connections = new Connections(options, metrics, System::nanoTime);
    this.replies = new Replies(connections);
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
    router.route("/auth").handler(route -> auth.answer(context, route.request()));
    router.post("/json").handler(route -> json(context, route.request()));
    router.get("/healthcheck").handler(route -> healthcheck(context, route.request()));
    new RouteErrors(name, replies, ids, metrics)
        .addTo(router, path -> path.startsWith("/json") ? "POST" : "GET");
    return router;
  }

  private void json(Context context, HttpServerRequest request) {
    request.response().exceptionHandler(failure -> {});
    bodies
        .read(request)
        .compose(
            body -> {
              byte[] bytes = body.buffer().getBytes();
              bodies.release(body);
              return Future.fromCompletionStage(rateLimit.apply(bytes), context);
            })
        .map(
            answer -> {
              replies.send(request, answer);
              return answer;
            })
        .onFailure(
            failure -> {
              if (failure instanceof BadRequest bad) {
                metrics.badRequest(name, bad.error().code().orElse("other"));
                String id = ids.shown(Optional.ofNullable(request.getHeader("x-request-id")));
                replies.send(request, Refusals.error(bad.status(), bad.error(), Map.of(), id));
              } else if (!(failure instanceof VertxException)) { // that one: the client has left
                log.error("a request to /json failed", failure);
                request.response().setStatusCode(500).end();
              }
            });
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
