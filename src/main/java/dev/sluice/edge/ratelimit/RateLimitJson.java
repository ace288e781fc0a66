package dev.sluice.edge.ratelimit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.sluice.edge.Answer;
import dev.sluice.ratelimit.DescriptorLimits;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The rate limit service for clients without gRPC: what is posted to {@code /json}.
 *
 * <p>Never blocks. Safe for use by many threads.
 */
public final class RateLimitJson {
  /** Protobuf's parser alone takes what is no JSON, and any nesting. A request needs 5 levels. */
  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private static final JsonFormat.Parser PARSER = JsonFormat.parser();
  private static final JsonFormat.Printer PRINTER =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private final DescriptorLimits limits;
  private final RateLimitAnswers answers;

  public RateLimitJson(DescriptorLimits limits, RateLimitAnswers answers) {
    this.limits = limits;
    this.answers = answers;
  }

  /**
   * Answers a request.
   *
   * @param body a {@code RateLimitRequest} as protobuf writes it in JSON
   * @return 200, or 429 when it is over a limit, with a {@code RateLimitResponse}; 400 with a line
   *     of text when it is malformed or cannot be judged; never fails
   */
  public CompletionStage<Answer> answer(byte[] body) {
    RateLimitRequest request;
    try {
      request = parse(body);
    } catch (IOException e) {
      return CompletableFuture.completedFuture(bad("malformed request: " + reason(e)));
    }
    return limits
        .judge(Queries.query(request))
        .handle(
            (verdict, failure) ->
                failure == null
                    ? judged(answers.response(request, verdict))
                    : bad(Failure.message(failure)));
  }

  /** Reads a body; fails with what {@link #reason} puts into words. */
  static RateLimitRequest parse(byte[] body) throws IOException {
    try (JsonParser json = STRICT.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        throw new InvalidProtocolBufferException("expected a JSON object");
      }
      json.skipChildren();
      if (json.nextToken() != null) {
        throw new InvalidProtocolBufferException("something follows the JSON object");
      }
    }
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder();
    PARSER.merge(new String(body, StandardCharsets.UTF_8), request);
    return request.build();
  }

  /** Why a body could not be read, in one line. */
  static String reason(IOException e) {
    return e instanceof JsonProcessingException wrong
        ? Failure.line(wrong.getOriginalMessage())
        : Failure.message(e);
  }

  static Answer judged(RateLimitResponse response) {
    int status = response.getOverallCode() == Code.OVER_LIMIT ? 429 : 200;
    try {
      return new Answer(
          status, Map.of("content-type", "application/json"), PRINTER.print(response));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("only messages of an unknown type cannot be printed", e);
    }
  }

  private static Answer bad(String message) {
    return new Answer(400, Map.of("content-type", "text/plain; charset=utf-8"), message);
  }
}
