package dev.sluice.edges;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sluice's {@code /auth} as NGINX sees it: the bearer token says what it answers. Here for the
 * answers that are hard to get from the true one: each status at will, none, nonsense.
 */
final class AuthDouble implements AutoCloseable {
  static final String BODY = "{\"error\":{\"message\":\"no: \\u00e9 $x \\\"q\\\"\"}}";

  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final AtomicInteger connections = new AtomicInteger();
  private final Queue<MultiMap> seen = new ConcurrentLinkedQueue<>();

  AuthDouble() {
    this.server =
        vertx
            .createHttpServer()
            .connectionHandler(connection -> connections.incrementAndGet())
            .requestHandler(this::answer);
    server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
  }

  int port() {
    return server.actualPort();
  }

  int connections() {
    return connections.get();
  }

  /** The heads of the subrequests, oldest first. */
  List<MultiMap> seen() {
    return List.copyOf(seen);
  }

  private void answer(HttpServerRequest request) {
    seen.add(MultiMap.caseInsensitiveMultiMap().addAll(request.headers()));
    HttpServerResponse response = request.response().putHeader("content-length", "0");
    String wish = String.valueOf(request.getHeader("authorization")).replace("Bearer ", "");
    switch (wish) {
      case "late" -> {}
      case "broken" -> response.setStatusCode(500).end();
      case "allowed" ->
          response
              .putHeader("x-sluice-organization", "acme")
              .putHeader("x-sluice-tier", "web")
              .putHeader("x-sluice-proof", "the proof")
              .end();
      case "charged" ->
          response
              .putHeader("x-sluice-organization", "acme")
              .putHeader("x-sluice-tier", "web")
              .putHeader("x-sluice-qos", "gold")
              .putHeader("x-request-id", String.valueOf(request.getHeader("x-request-id")))
              .putHeader("x-ratelimit-limit-requests", "120")
              .putHeader("x-ratelimit-remaining-requests", "119")
              .putHeader("x-ratelimit-reset-requests", "500ms")
              .end();
      default -> {
        // A status to refuse with.
        response
            .setStatusCode(wish.equals("401") ? 401 : 403)
            .putHeader("x-sluice-status", wish)
            .putHeader("x-sluice-body", BODY)
            .putHeader("x-request-id", String.valueOf(request.getHeader("x-request-id")));
        if (wish.equals("429")) {
          response
              .putHeader("retry-after", "7")
              .putHeader("retry-after-ms", "6500")
              .putHeader("x-should-retry", "true")
              .putHeader("x-ratelimit-limit-requests", "5")
              .putHeader("x-ratelimit-remaining-requests", "0")
              .putHeader("x-ratelimit-reset-requests", "7s");
        }
        response.end();
      }
    }
  }

  /** Goes away: nobody listens on the port any more. */
  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
