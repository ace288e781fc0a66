package dev.sluice.demo;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An inference server without a model: it speaks the vendor's API, generates words at a pace, has
 * batch slots, fails when the {@code x-simulate} header asks for it, and remembers what it did.
 *
 * <p>It runs on one event loop of the given Vert.x, which it does not close. All methods may be
 * called from any thread and do not block. It is started once.
 */
public final class SimulatedBackend {
  private static final Logger LOG = LoggerFactory.getLogger(SimulatedBackend.class);
  private static final int REMEMBERED = 10_000;
  private static final int IDLE_MINUTES = 15;

  private final Vertx vertx;
  private final SimulatedBackendOptions options;
  private final HttpServer server;
  private final Slots slots;
  private final Replies replies = new Replies();
  private final RequestLog log = new RequestLog(REMEMBERED);

  public SimulatedBackend(Vertx vertx, SimulatedBackendOptions options) {
    this.vertx = vertx;
    this.options = options;
    this.slots = new Slots(options.slots(), options.maxWaiting());
    this.server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true)
                // Longer than any delay that can be asked for: it only ends the forgotten.
                .setIdleTimeoutUnit(TimeUnit.MINUTES)
                .setIdleTimeout(IDLE_MINUTES));
    server.requestHandler(this::route);
  }

  /**
   * Listens.
   *
   * @param port 0 for any that is free
   * @return the port; fails with a {@code java.net.BindException} when it is in use
   */
  public CompletionStage<Integer> start(String host, int port) {
    return server.listen(port, host).map(HttpServer::actualPort).toCompletionStage();
  }

  /** Stops listening and closes every connection; what was being answered is disconnected. */
  public CompletionStage<Void> stop() {
    return server.close().toCompletionStage();
  }

  /**
   * The last 10,000 requests that have ended, newest last. A client may have read its answer a
   * moment before the record is here; over HTTP, {@code GET /simulate/requests} has it.
   */
  public List<SimulatedRequest> records() {
    return log.requests();
  }

  /** Forgets the records. Order numbers go on. */
  public void clearRecords() {
    log.clear();
  }

  /** How many slots are taken. */
  public int busy() {
    return slots.busy();
  }

  /** How many requests wait for a slot. */
  public int waiting() {
    return slots.waiting();
  }

  private void route(HttpServerRequest request) {
    try {
      switch (request.method().name() + " " + request.path()) {
        case "POST /v1/chat/completions" ->
            RequestBody.read(request, options.maxBodyBytes())
                .onSuccess(body -> complete(request, body))
                .onFailure(failure -> reject(request, failure));
        case "GET /v1/models" -> replies.json(request, 200, models());
        case "GET /health" -> replies.json(request, 200, health());
        case "GET /simulate/requests" -> replies.json(request, 200, requests());
        case "DELETE /simulate/requests" -> {
          log.clear();
          request.response().setStatusCode(204).end();
        }
        default ->
            replies.error(request, ApiError.unknownPath(request.method().name(), request.path()));
      }
    } catch (RuntimeException failure) {
      reject(request, failure);
    }
  }

  private void complete(HttpServerRequest request, Buffer body) {
    try {
      Simulation simulation = simulation(request);
      ChatRequest chat = ChatRequest.parse(Json.READER, body.getBytes());
      if (!options.models().contains(chat.model())) {
        throw new Rejection(ApiError.modelNotFound(chat.model()));
      }
      Completion completion =
          Completion.of(
              "chatcmpl-" + UUID.randomUUID(),
              options.name(),
              chat,
              simulation.tokens().orElse(options.completionTokens()));
      Pace pace =
          new Pace(
              simulation.timeToFirstToken().orElse(options.timeToFirstToken()),
              options.tokensPerSecond());
      new Visit(vertx, request, replies, completion, simulation, pace, slots, log).start();
    } catch (Rejection | RuntimeException failure) {
      reject(request, failure);
    }
  }

  private static Simulation simulation(HttpServerRequest request) throws Rejection {
    return request.headers().contains("x-simulate")
        ? Simulation.parse(request.headers().getAll("x-simulate"))
        : Simulation.NONE;
  }

  private void reject(HttpServerRequest request, Throwable failure) {
    if (failure instanceof Rejection rejection) {
      replies.error(request, rejection.error());
    } else if (failure instanceof RuntimeException) {
      LOG.error("a request failed", failure);
      replies.error(request, ApiError.unexpected());
    }
    // Anything else broke the connection: there is nobody to tell.
  }

  private ObjectNode models() {
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = answer.putArray("data");
    for (String model : options.models()) {
      ObjectNode entry = data.addObject();
      entry.put("id", model).put("object", "model").put("owned_by", options.name());
      entry.put("context_length", 131_072).put("max_completion_tokens", 131_072);
      entry
          .putObject("pricing")
          .put("prompt", "0")
          .put("completion", "0")
          .put("duration_per_hour", "0");
      entry.putObject("sn_metadata");
    }
    return answer;
  }

  private ObjectNode health() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("status", "ok")
        .put("name", options.name())
        .put("slots", options.slots())
        .put("busy", slots.busy())
        .put("waiting", slots.waiting());
  }

  private ArrayNode requests() {
    ArrayNode answer = JsonNodeFactory.instance.arrayNode();
    for (SimulatedRequest request : log.requests()) {
      ObjectNode entry = answer.addObject();
      entry.put("requestId", request.requestId().orElse(null));
      entry.put("traceparent", request.traceparent().orElse(null));
      entry.put("model", request.model()).put("stream", request.stream());
      entry.put("promptTokens", request.promptTokens());
      entry.put("completionTokens", request.completionTokens());
      entry.put("outcome", request.outcome().name().toLowerCase(Locale.ROOT));
      request.order().ifPresentOrElse(n -> entry.put("order", n), () -> entry.putNull("order"));
      entry.put("receivedAt", request.receivedAt().toString());
      entry.put("startedAt", request.startedAt().map(Instant::toString).orElse(null));
      entry.put("endedAt", request.endedAt().toString());
      ArrayNode names = entry.putArray("headerNames");
      request.headerNames().forEach(names::add);
    }
    return answer;
  }
}
