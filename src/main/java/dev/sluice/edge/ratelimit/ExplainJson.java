package dev.sluice.edge.ratelimit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.edge.Answer;
import dev.sluice.ratelimit.ExplainedQuery;
import dev.sluice.ratelimit.OutageAnswer;
import dev.sluice.ratelimit.RateLimitExplain;
import dev.sluice.ratelimit.Verdict;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What would become of a request that is posted to {@code /json}, and why. Nothing is counted.
 *
 * <p>Never blocks. Safe for use by many threads.
 */
public final class ExplainJson {
  private static final String EXAMPLE =
      "{\"domain\": \"edge\", \"descriptors\": [{\"entries\": [{\"key\": \"client\", \"value\":"
          + " \"a\"}]}]}";

  private final ObjectMapper json = new ObjectMapper();
  private final RateLimitExplain explain;
  private final RateLimitAnswers answers;

  public ExplainJson(RateLimitExplain explain, RateLimitAnswers answers) {
    this.explain = explain;
    this.answers = answers;
  }

  /**
   * Explains a request.
   *
   * @param body a {@code RateLimitRequest} as protobuf writes it in JSON
   * @return 200 with the explanation; 400 with an {@code error} and an {@code example} when it is
   *     malformed or would be refused as such; never fails
   */
  public CompletionStage<Answer> answer(byte[] body) {
    RateLimitRequest request;
    try {
      request = RateLimitJson.parse(body);
    } catch (IOException e) {
      String why = "malformed request: " + RateLimitJson.reason(e);
      return CompletableFuture.completedFuture(bad(why));
    }
    return explain
        .explain(Queries.query(request))
        .handle(
            (explained, failure) ->
                failure == null
                    ? answer(200, explained(request, explained))
                    : bad(Failure.message(failure)));
  }

  private ObjectNode explained(RateLimitRequest request, ExplainedQuery explained) {
    ObjectNode root = new ExplainedQueryJson(explained).write(request.getDomain());
    explained
        .verdict()
        .ifPresentOrElse(
            verdict -> root.set("answer", judged(request, verdict)),
            () -> {
              if (explained.options().outage() == OutageAnswer.ERROR) {
                root.putObject("answer")
                    .put("status", 400)
                    .put("body", Failure.line(explained.unanswered().orElse("")));
              }
            });
    return root;
  }

  private ObjectNode judged(RateLimitRequest request, Verdict verdict) {
    Answer answer = RateLimitJson.judged(answers.response(request, verdict));
    try {
      ObjectNode node = json.createObjectNode().put("status", answer.status());
      node.set("body", json.readTree(answer.body()));
      return node;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what protobuf writes is JSON", e);
    }
  }

  /** With something to paste. */
  private Answer bad(String message) {
    return answer(
        400,
        json.createObjectNode().put("error", message).put("example", "curl -d '" + EXAMPLE + "'"));
  }

  private static Answer answer(int status, ObjectNode body) {
    return new Answer(
        status, Map.of("content-type", "application/json"), body.toPrettyString() + "\n");
  }
}
