package dev.sluice.demo;

import dev.sluice.demo.SimulatedRequest.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A completion as server-sent events: tokens go out as they are due and as the client takes them.
 * Those that fall due together share a chunk; without a rate each has its own.
 */
final class StreamedAnswer implements Answer {
  /** After so many chunks in a row, others on the event loop have their turn. */
  private static final int BURST = 64;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Generation generation;
  private final Consumer<Outcome> ended;
  private final ChunkFormat format;
  private OptionalLong timer = OptionalLong.empty();
  private Future<Void> written = Future.succeededFuture();
  private int emitted;
  private boolean blocked;
  private boolean stopped;

  StreamedAnswer(
      Vertx vertx, HttpServerRequest request, Generation generation, Consumer<Outcome> ended) {
    this.vertx = vertx;
    this.request = request;
    this.response = request.response();
    this.generation = generation;
    this.ended = ended;
    this.format = new ChunkFormat(generation);
  }

  @Override
  public void start() {
    response.setChunked(true);
    response.putHeader("content-type", "text/event-stream; charset=utf-8");
    response.putHeader("cache-control", "no-cache");
    response.drainHandler(drained -> unblock());
    if (generation.due() == 0) {
      written = response.writeHead();
    }
    emit();
  }

  @Override
  public void stop() {
    stopped = true;
    timer.ifPresent(vertx::cancelTimer);
  }

  @Override
  public int generated() {
    return emitted;
  }

  private void unblock() {
    if (blocked) {
      blocked = false;
      emit();
    }
  }

  /** Exactly one thing calls this next: a timer, a drained socket, the event loop, or nothing. */
  private void emit() {
    for (int chunk = 0; chunk < BURST; chunk++) {
      if (stopped) {
        return;
      }
      if (emitted == generation.goal()) {
        end();
        return;
      }
      if (response.writeQueueFull()) {
        blocked = true;
        return;
      }
      int due = generation.due();
      if (due <= emitted) {
        long wait = Math.max(1, generation.nanosUntil(emitted + 1));
        timer = OptionalLong.of(vertx.setTimer(Timers.millis(wait), next -> emit()));
        return;
      }
      int to = generation.pace().tokensPerSecond() == 0 ? emitted + 1 : due;
      written = response.write(format.tokens(emitted, to));
      emitted = to;
    }
    vertx.runOnContext(next -> emit());
  }

  private void end() {
    if (generation.cutOff()) {
      written.onComplete(
          flushed -> {
            ended.accept(Outcome.FAULT);
            request.connection().close();
          });
    } else {
      ended.accept(Outcome.COMPLETED);
      response.end(format.end());
    }
  }
}
