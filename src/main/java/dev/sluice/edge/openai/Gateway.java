package dev.sluice.edge.openai;

import dev.sluice.admission.Admission;
import dev.sluice.admission.Counters;
import dev.sluice.backend.Deployment;
import dev.sluice.backend.Upstream;
import dev.sluice.backend.UpstreamOptions;
import dev.sluice.edge.DecisionLog;
import dev.sluice.edge.ErrorBody;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.RequestId;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import dev.sluice.queue.Dispatcher;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's server: routes, bounds of its connections, start and drain.
 *
 * <p>It listens once on each event loop, with a backend client of that loop, so that a request
 * stays on its thread.
 */
public final class Gateway {
  private static final int MOST_HEADER_BYTES = 32 * 1024;
  private static final int MOST_LINE_BYTES = 8 * 1024;

  private static final int BIND_ATTEMPTS = 5;

  /** For those that are cut off to be told. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  /** For what was settled last to reach the store. */
  private static final Duration SETTLEMENT = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(Gateway.class);

  private final Vertx vertx;
  private final GatewayOptions options;
  private final List<Deployment> deployments;
  private final UpstreamOptions upstreamOptions;
  private final GatewayParts parts;
  private final Models models;
  private final Connections connections;
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

  public Gateway(
      Vertx vertx,
      GatewayOptions options,
      Admission admission,
      Counters counters,
      Dispatcher dispatcher,
      Catalog catalog,
      List<Deployment> deployments,
      UpstreamOptions upstreamOptions,
      Refusals refusals,
      Metrics metrics) {
    this.vertx = vertx;
    this.options = options;
    this.deployments = deployments;
    this.upstreamOptions = upstreamOptions;
    this.connections = new Connections(options, metrics, System::nanoTime);
    Replies replies = new Replies(connections);
    RequestId requestIds = new RequestId();
    Bodies bodies = new Bodies(vertx, options);
    metrics.gauge(
        "sluice_connections", "Open connections of clients.", Exchange.DOOR, connections::count);
    metrics.gauge(
        "sluice_body_bytes",
        "Bytes of request bodies in memory.",
        Exchange.DOOR,
        bodies::reservedBytes);
    this.parts =
        new GatewayParts(
            admission,
            counters,
            dispatcher,
            refusals,
            requestIds,
            metrics,
            bodies,
            replies,
            connections,
            new DecisionLog(Exchange.DOOR, metrics, catalog),
            options.maxWait(),
            ConcurrentHashMap.newKeySet());
    this.models = new Models(admission, refusals, requestIds, replies, Instant.now());
  }

  /**
   * Listens on as many event loops.
   *
   * @return the port
   */
  public Future<Integer> start(int eventLoops) {
    vertx.setPeriodic(
        options.renewal().toMillis(), timer -> parts.running().forEach(Exchange::renew));
    vertx.setPeriodic(1000, timer -> connections.sweep());
    return listen(eventLoops, BIND_ATTEMPTS);
  }

  private Future<Integer> listen(int eventLoops, int attempts) {
    int port = options.port() == 0 ? freePort() : options.port();
    return vertx
        .deployVerticle(() -> new Listener(port), new DeploymentOptions().setInstances(eventLoops))
        .map(port)
        .recover(
            failure -> {
              servers.clear();
              // Between the look for a free port and its use somebody else may take it.
              return options.port() == 0 && attempts > 1
                  ? listen(eventLoops, attempts - 1)
                  : Future.failedFuture(failure);
            });
  }

  /** Vert.x lets several event loops share a port only when the port is known beforehand. */
  private int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(options.host()))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on " + options.host(), e);
    }
  }

  /** Accepts nothing more, and lets what runs end within the time, its settlement included. */
  public Future<Void> drain(Duration time) {
    Future<?> closed =
        Future.join(servers.stream().map(server -> server.shutdown(time.plus(FAREWELL))).toList());
    Future<?> late = vertx.timer(time.toMillis()).onSuccess(over -> cutOff());
    return Future.any(closed, late.compose(over -> vertx.timer(FAREWELL.toMillis())))
        .otherwiseEmpty()
        .onComplete(over -> connections.forceAll())
        .compose(over -> settled(System.nanoTime() + SETTLEMENT.toNanos()));
  }

  private void cutOff() {
    if (!parts.running().isEmpty()) {
      log.warn("cutting off {} requests that did not end in time", parts.running().size());
      parts.running().forEach(Exchange::cutOff);
    }
  }

  private Future<Void> settled(long deadline) {
    return parts.running().isEmpty() || System.nanoTime() > deadline
        ? Future.succeededFuture()
        : vertx.timer(5, TimeUnit.MILLISECONDS).compose(waited -> settled(deadline));
  }

  /** Requests that were admitted and have not ended. */
  public int running() {
    return parts.running().size();
  }

  /** One event loop's share of the gateway. */
  private final class Listener extends VerticleBase {
    private final int port;

    Listener(int port) {
      this.port = port;
    }

    @Override
    public Future<?> start() {
      Upstream upstream = new Upstream(vertx, deployments, upstreamOptions);
      HttpServer server =
          vertx.createHttpServer(
              new HttpServerOptions()
                  .setHost(options.host())
                  .setPort(port)
                  // HTTP/1.1 only: with h2c Vert.x tells of a connection after its first head only.
                  .setHttp2ClearTextEnabled(false)
                  .setMaxHeaderSize(MOST_HEADER_BYTES)
                  .setMaxInitialLineLength(MOST_LINE_BYTES)
                  .setAcceptBacklog(1024));
      servers.add(server);
      Router router = router(upstream);
      return server
          .connectionHandler(connections::opened)
          .invalidRequestHandler(Gateway.this::invalid)
          .requestHandler(
              request -> {
                if (connections.began(request.connection())) {
                  request.response().endHandler(v -> connections.ended(request.connection()));
                  router.handle(request);
                }
              })
          .listen();
    }

    private Router router(Upstream upstream) {
      Router router = Router.router(vertx);
      router
          .post("/v1/chat/completions")
          .handler(route -> new Exchange(parts, upstream, context, route.request()).begin());
      router
          .get("/v1/models")
          .handler(route -> models.answer(context, route.request(), Optional.empty()));
      router
          .getWithRegex("/v1/models/(?<model>.+)")
          .handler(
              route ->
                  models.answer(
                      context, route.request(), Optional.ofNullable(route.pathParam("model"))));
      router.errorHandler(
          400, route -> reply(route, 400, "The request cannot be read.", "invalid_request"));
      router.errorHandler(
          404,
          route ->
              reply(
                  route,
                  404,
                  "Unknown request URL: "
                      + route.request().method()
                      + " "
                      + route.request().path()
                      + ".",
                  "unknown_url"));
      router.errorHandler(
          405,
          route -> {
            boolean chat = route.normalizedPath().startsWith("/v1/chat");
            route.response().putHeader("allow", chat ? "POST" : "GET");
            reply(
                route,
                405,
                "The method "
                    + route.request().method()
                    + " is not allowed for "
                    + route.request().path()
                    + ".",
                "method_not_allowed");
          });
      return router;
    }
  }

  private void reply(RoutingContext route, int status, String message, String code) {
    HttpServerRequest request = route.request();
    parts.metrics().badRequest(Exchange.DOOR, code);
    parts
        .replies()
        .send(
            request,
            Refusals.error(
                status,
                ErrorBody.invalidRequest(message, code),
                Map.of(),
                parts.requestIds().shown(Optional.ofNullable(request.getHeader("x-request-id")))));
  }

  /** Bytes that are no HTTP: an answer in the API's shape, then the end of the connection. */
  private void invalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    int status = 400;
    String message = "The bytes sent are no HTTP request.";
    if (cause instanceof TooLongHttpLineException) {
      status = 414;
      message = "The request line is longer than " + MOST_LINE_BYTES + " bytes.";
    } else if (cause instanceof TooLongHttpHeaderException) {
      status = 431;
      message = "The headers are longer than " + MOST_HEADER_BYTES + " bytes.";
    }
    parts.metrics().badRequest(Exchange.DOOR, "invalid_http");
    String requestId = parts.requestIds().shown(Optional.empty());
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .putHeader("x-request-id", requestId)
        .putHeader("connection", "close")
        .end(ErrorBody.invalidRequest(message, "invalid_request").json(requestId))
        .onComplete(v -> request.connection().close());
  }
}
