package dev.sluice.demo;

import dev.sluice.demo.SimulatedRequest.Outcome;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** One request for a completion, from its arrival to its record. On the event loop only. */
final class Visit {
  private final Vertx vertx;
  private final HttpServerRequest request;
  private final Replies replies;
  private final Completion completion;
  private final Simulation simulation;
  private final Pace pace;
  private final Slots slots;
  private final RequestLog log;
  private final Runnable turn = this::begin;
  private final Instant receivedAt = Instant.now();
  private OptionalLong order = OptionalLong.empty();
  private Optional<Instant> startedAt = Optional.empty();
  private OptionalLong delay = OptionalLong.empty();
  private Optional<Answer> answer = Optional.empty();
  private boolean over;

  Visit(
      Vertx vertx,
      HttpServerRequest request,
      Replies replies,
      Completion completion,
      Simulation simulation,
      Pace pace,
      Slots slots,
      RequestLog log) {
    this.vertx = vertx;
    this.request = request;
    this.replies = replies;
    this.completion = completion;
    this.simulation = simulation;
    this.pace = pace;
    this.slots = slots;
    this.log = log;
  }

  void start() {
    request.response().closeHandler(closed -> leave());
    if (simulation.delay().isZero()) {
      enter();
    } else {
      delay = OptionalLong.of(vertx.setTimer(simulation.delay().toMillis(), passed -> enter()));
    }
  }

  private void enter() {
    if (simulation.drop()) {
      started();
      end(Outcome.FAULT);
      request.connection().close();
    } else if (simulation.status().isPresent()) {
      started();
      fail(ApiError.simulated(simulation.status().getAsInt()));
    } else if (!slots.take(turn)) {
      fail(ApiError.tooManyWaiting(slots.waiting()));
    }
  }

  private void fail(ApiError error) {
    end(Outcome.FAULT);
    replies.error(request, error);
  }

  private void begin() {
    started();
    Generation generation = Generation.start(completion, pace, simulation.cut());
    Answer begun =
        completion.request().stream()
            ? new StreamedAnswer(vertx, request, generation, this::end)
            : new WholeAnswer(vertx, request, generation, this::end);
    answer = Optional.of(begun);
    begun.start();
  }

  private void started() {
    order = OptionalLong.of(log.begin());
    startedAt = Optional.of(Instant.now());
  }

  /** The client has left, whatever it was waiting for. */
  private void leave() {
    if (!over) {
      delay.ifPresent(vertx::cancelTimer);
      slots.leave(turn);
      answer.ifPresent(Answer::stop);
      end(Outcome.DISCONNECTED);
    }
  }

  /** The first end counts: a connection that breaks while the answer is flushed tells twice. */
  private void end(Outcome outcome) {
    if (over) {
      return;
    }
    over = true;
    log.add(record(outcome));
    if (answer.isPresent()) {
      slots.release();
    }
  }

  private SimulatedRequest record(Outcome outcome) {
    ChatRequest chat = completion.request();
    List<String> names =
        request.headers().names().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .distinct()
            .sorted()
            .toList();
    return new SimulatedRequest(
        Optional.ofNullable(request.getHeader("x-request-id")),
        Optional.ofNullable(request.getHeader("traceparent")),
        chat.model(),
        chat.stream(),
        chat.promptTokens(),
        answer.map(Answer::generated).orElse(0),
        outcome,
        order,
        receivedAt,
        startedAt,
        Instant.now(),
        names);
  }
}
