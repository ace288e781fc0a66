package dev.sluice.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.demo.SimulatedRequest.Outcome;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** A completion in one JSON body, when its last token is due. */
final class WholeAnswer implements Answer {
  private final Vertx vertx;
  private final HttpServerRequest request;
  private final Generation generation;
  private final Consumer<Outcome> ended;
  private OptionalLong timer = OptionalLong.empty();
  private boolean delivered;

  WholeAnswer(
      Vertx vertx, HttpServerRequest request, Generation generation, Consumer<Outcome> ended) {
    this.vertx = vertx;
    this.request = request;
    this.generation = generation;
    this.ended = ended;
  }

  @Override
  public void start() {
    long wait = generation.nanosUntil(generation.goal());
    if (wait > 0) {
      timer = OptionalLong.of(vertx.setTimer(Timers.millis(wait), due -> deliver()));
    } else {
      deliver();
    }
  }

  @Override
  public void stop() {
    timer.ifPresent(vertx::cancelTimer);
  }

  @Override
  public int generated() {
    return delivered ? generation.goal() : generation.due();
  }

  private void deliver() {
    delivered = true;
    HttpServerResponse response = request.response();
    response.putHeader("content-type", "application/json");
    String body = body();
    if (generation.cutOff()) {
      response.putHeader("content-length", Integer.toString(body.getBytes(UTF_8).length));
      response
          .write(Buffer.buffer(untilCut(body)))
          .onComplete(
              written -> {
                ended.accept(Outcome.FAULT);
                request.connection().close();
              });
    } else {
      ended.accept(Outcome.COMPLETED);
      response.end(Buffer.buffer(body));
    }
  }

  private String body() {
    Completion completion = generation.completion();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("id", completion.id());
    body.put("object", "chat.completion");
    body.put("created", UsageJson.seconds(generation.startedAt()));
    body.put("model", completion.request().model());
    body.put("system_fingerprint", completion.fingerprint());
    ArrayNode choices = body.putArray("choices");
    for (int i = 0; i < completion.request().choices(); i++) {
      ObjectNode choice = choices.addObject().put("index", i);
      choice
          .putObject("message")
          .put("role", "assistant")
          .put("content", completion.text(i, completion.tokensPerChoice()));
      choice.putNull("logprobs").put("finish_reason", completion.finishReason());
    }
    body.set("usage", UsageJson.of(generation));
    return Json.text(body);
  }

  /** The body to the cut, or to the end of its first choice when the cut lies behind that. */
  private String untilCut(String body) {
    Completion completion = generation.completion();
    String opening = "\"content\":\"";
    int start = body.indexOf(opening) + opening.length();
    int tokens = Math.min(generation.goal(), completion.tokensPerChoice());
    return body.substring(0, start + completion.text(0, tokens).length());
  }
}
