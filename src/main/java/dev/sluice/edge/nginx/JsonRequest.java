package dev.sluice.edge.nginx;

import dev.sluice.edge.Answer;
import dev.sluice.edge.BadRequest;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.RequestId;
import dev.sluice.edge.http.Bodies;
import dev.sluice.edge.http.Replies;
import dev.sluice.metrics.Metrics;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /json}: a body, and what is answered to it.
 *
 * <p>Called on event loops; never blocks.
 */
final class JsonRequest {
  private static final Logger log = LoggerFactory.getLogger(JsonRequest.class);

  private final String name;
  private final Bodies bodies;
  private final Function<byte[], CompletionStage<Answer>> rateLimit;
  private final Replies replies;
  private final RequestId ids;
  private final Metrics metrics;

  /**
   * @param name of the door, for metrics
   * @param rateLimit answers a body
   */
  JsonRequest(
      String name,
      Bodies bodies,
      Function<byte[], CompletionStage<Answer>> rateLimit,
      Replies replies,
      RequestId ids,
      Metrics metrics) {
    this.name = name;
    this.bodies = bodies;
    this.rateLimit = rateLimit;
    this.replies = replies;
    this.ids = ids;
    this.metrics = metrics;
  }

  /** Answers a request. */
  void answer(Context context, HttpServerRequest request) {
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
              } else if (!Bodies.clientLeft(failure)) {
                log.error("a request to /json failed", failure);
                request.response().setStatusCode(500).end();
              }
            });
  }
}
