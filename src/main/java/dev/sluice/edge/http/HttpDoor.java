package dev.sluice.edge.http;

import dev.sluice.edge.ErrorBody;
import dev.sluice.edge.RequestId;
import dev.sluice.metrics.Metrics;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A server that listens once on each event loop, so that a request stays on its thread, with the
 * bounds of its connections.
 */
public final class HttpDoor {
  private static final int MOST_HEADER_BYTES = 32 * 1024;
  private static final int MOST_LINE_BYTES = 8 * 1024;

  private static final int BIND_ATTEMPTS = 5;

  private final Vertx vertx;
  private final HttpDoorOptions options;
  private final Connections connections;
  private final RequestId requestIds;
  private final Metrics metrics;
  private final Function<Context, Handler<HttpServerRequest>> handlers;
  private volatile OptionalLong sweep = OptionalLong.empty();
  private volatile Optional<String> deployment = Optional.empty();
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();

  /**
   * @param handlers called once on each event loop; what it gives answers the requests there
   */
  public HttpDoor(
      Vertx vertx,
      HttpDoorOptions options,
      Connections connections,
      RequestId requestIds,
      Metrics metrics,
      Function<Context, Handler<HttpServerRequest>> handlers) {
    this.vertx = vertx;
    this.options = options;
    this.connections = connections;
    this.requestIds = requestIds;
    this.metrics = metrics;
    this.handlers = handlers;
  }

  /**
   * Listens on as many event loops.
   *
   * @return the port
   */
  public Future<Integer> start(int eventLoops) {
    sweep = OptionalLong.of(vertx.setPeriodic(1000, timer -> connections.sweep()));
    return listen(eventLoops, BIND_ATTEMPTS);
  }

  private Future<Integer> listen(int eventLoops, int attempts) {
    int fixed = options.endpoint().port();
    int port = fixed == 0 ? freePort() : fixed;
    return vertx
        .deployVerticle(() -> new Listener(port), new DeploymentOptions().setInstances(eventLoops))
        .map(
            id -> {
              deployment = Optional.of(id);
              return port;
            })
        .recover(
            failure -> {
              servers.clear();
              // Between the look for a free port and its use somebody else may take it.
              return fixed == 0 && attempts > 1
                  ? listen(eventLoops, attempts - 1)
                  : Future.failedFuture(failure);
            });
  }

  /** Vert.x lets several event loops share a port only when the port is known beforehand. */
  private int freePort() {
    String host = options.endpoint().host();
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on " + host, e);
    }
  }

  /** Accepts nothing more; completes when the requests have ended, or after the time. */
  public Future<Void> shutdown(Duration time) {
    return Future.join(servers.stream().map(server -> server.shutdown(time)).toList())
        .onComplete(
            over -> {
              sweep.ifPresent(vertx::cancelTimer);
              deployment.ifPresent(vertx::undeploy);
            })
        .mapEmpty();
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
    metrics.badRequest(options.door(), "invalid_http");
    String requestId = requestIds.shown(Optional.empty());
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .putHeader("x-request-id", requestId)
        .putHeader("connection", "close")
        .end(ErrorBody.invalidRequest(message, "invalid_request").json(requestId))
        .onComplete(v -> request.connection().close());
  }

  /** One event loop's share of the door. */
  private final class Listener extends VerticleBase {
    private final int port;

    Listener(int port) {
      this.port = port;
    }

    @Override
    public Future<?> start() {
      HttpServer server =
          vertx.createHttpServer(
              options
                  .endpoint()
                  .at(port)
                  .options(options.headTimeout())
                  .setMaxHeaderSize(MOST_HEADER_BYTES)
                  .setMaxInitialLineLength(MOST_LINE_BYTES)
                  .setAcceptBacklog(1024));
      servers.add(server);
      Handler<HttpServerRequest> handler = handlers.apply(context);
      return server
          .connectionHandler(connections::opened)
          .invalidRequestHandler(HttpDoor.this::invalid)
          // Called before there is a connection of HTTP, so for what TLS refuses, or waited for.
          .exceptionHandler(failure -> metrics.badRequest(options.door(), "tls_handshake"))
          .requestHandler(
              request -> {
                if (connections.began(request.connection())) {
                  request.response().endHandler(v -> connections.ended(request.connection()));
                  handler.handle(request);
                }
              })
          .listen();
    }
  }
}
