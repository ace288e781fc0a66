package dev.sluice.edges;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What stands behind an edge in these tests: it tells what reached it.
 *
 * <p>{@code /stream} holds its second chunk back until it is told to go on; {@code /status/<n>}
 * answers with that status; anything else is echoed.
 */
final class EchoBackend implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final HttpServer server;
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicLong received = new AtomicLong();
  private final CompletableFuture<Void> goOn = new CompletableFuture<>();

  EchoBackend() {
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setHandle100ContinueAutomatically(true))
            .connectionHandler(connection -> connections.incrementAndGet())
            .requestHandler(this::answer);
    server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
  }

  int port() {
    return server.actualPort();
  }

  int requests() {
    return requests.get();
  }

  int connections() {
    return connections.get();
  }

  /** How many bytes of bodies have come so far. */
  long received() {
    return received.get();
  }

  /** Lets streams go on. */
  void goOn() {
    goOn.complete(null);
  }

  private void answer(HttpServerRequest request) {
    requests.incrementAndGet();
    HttpServerResponse response = request.response();
    if (request.path().endsWith("/stream")) {
      response.putHeader("content-type", "text/event-stream").setChunked(true);
      response.write("data: 1\n\n");
      var unused = goOn.thenRun(() -> response.end("data: 2\n\n"));
      return;
    }
    if (request.path().startsWith("/status/")) {
      response.setStatusCode(Integer.parseInt(request.path().substring("/status/".length())));
      response.putHeader("content-type", "text/plain").end("the upstream's own words");
      return;
    }
    AtomicLong length = new AtomicLong();
    request.handler(
        chunk -> {
          length.addAndGet(chunk.length());
          received.addAndGet(chunk.length());
        });
    request.endHandler(
        end -> {
          JsonObject headers = new JsonObject();
          request
              .headers()
              .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
          response
              .putHeader("content-type", "application/json")
              .end(
                  new JsonObject()
                      .put("uri", request.uri())
                      .put("headers", headers)
                      .put("length", length.get())
                      .encode());
        });
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
