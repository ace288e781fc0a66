package dev.sluice.edge.openai;

import dev.sluice.admission.Decision;
import dev.sluice.admission.Refusal;
import dev.sluice.edge.Answer;
import dev.sluice.edge.ErrorBody;
import dev.sluice.edge.Facts;
import dev.sluice.edge.RateLimitHeaders;
import dev.sluice.edge.Refusals;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the client of one exchange is told by Sluice itself, and what is written down of its
 * decision. On the event loop of the request.
 */
final class Answers {
  private final GatewayParts gateway;
  private final HttpServerRequest request;
  private final String requestId;

  /** How long the decision took, once there is one. */
  private Optional<Duration> decided = Optional.empty();

  Answers(GatewayParts gateway, HttpServerRequest request, String requestId) {
    this.gateway = gateway;
    this.request = request;
    this.requestId = requestId;
  }

  /** A decision was made. */
  void decided(Duration time) {
    decided = Optional.of(time);
    gateway.metrics().decisionTook(Exchange.DOOR, time.toNanos());
  }

  /** Puts headers on the answer, whatever it will be. */
  void say(Map<String, String> headers) {
    headers.forEach(request.response()::putHeader);
  }

  /** Tells why the request is refused, and writes it down. */
  void refuse(Decision.Refused refused, Optional<String> model, Optional<String> qos) {
    Answer answer = gateway.refusals().answer(refused, requestId);
    Refusal refusal = refused.refusal();
    gateway
        .decisions()
        .refused(
            new Facts(requestId, refusal.reason(), refused.caller(), model, qos),
            refusal,
            answer,
            decided);
    gateway.replies().send(request, answer);
  }

  /** Tells what is wrong with a request that never came to a decision. */
  void reject(int status, ErrorBody error) {
    gateway.metrics().badRequest(Exchange.DOOR, error.code().orElse("other"));
    gateway.replies().send(request, Refusals.error(status, error, Map.of(), requestId));
  }

  /** Tells what went wrong with a request that was admitted. */
  void fail(int status, ErrorBody error, Decision.Admitted granted) {
    Map<String, String> headers = new LinkedHashMap<>();
    RateLimitHeaders.add(granted.limits(), headers);
    gateway.replies().send(request, Refusals.error(status, error, headers, requestId));
  }

  /**
   * Writes down what became of a request that was admitted.
   *
   * @param reason {@code admitted}, or why it was not run
   */
  void record(Decision.Admitted granted, String reason) {
    gateway
        .decisions()
        .allowed(
            new Facts(
                requestId,
                reason,
                Optional.of(granted.caller()),
                Optional.of(granted.model()),
                Optional.of(granted.block().qos()),
                granted.wouldRefuse().map(Refusal::reason)),
            decided);
  }
}
