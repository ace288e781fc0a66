package dev.sluice.edge.ratelimit;

import com.google.protobuf.Duration;
import dev.sluice.ratelimit.Limit;
import dev.sluice.ratelimit.Unit;
import dev.sluice.ratelimit.Verdict;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.RateLimit;
import java.util.Optional;

/**
 * Our verdicts as Envoy's responses.
 *
 * @param headers for the client's response; empty: none
 * @param dynamicMetadata whether responses tell what was asked, and the metadata of the rules that
 *     let it pass
 */
public record RateLimitAnswers(Optional<HeaderNames> headers, boolean dynamicMetadata) {
  /** Nothing but the verdict. */
  public static final RateLimitAnswers PLAIN = new RateLimitAnswers(Optional.empty(), false);

  /** Of the headers that tell a client about the limit that is the next to refuse it. */
  public record HeaderNames(String limit, String remaining, String reset) {}

  RateLimitResponse response(RateLimitRequest request, Verdict verdict) {
    RateLimitResponse.Builder response =
        RateLimitResponse.newBuilder().setOverallCode(code(verdict.overLimit()));
    for (Verdict.Status status : verdict.statuses()) {
      response.addStatuses(status(status));
    }
    if (headers.isPresent() && verdict.tightest().isPresent()) {
      add(headers.get(), verdict.tightest().get(), response);
    }
    if (dynamicMetadata) {
      response.setDynamicMetadata(DynamicMetadata.of(request, verdict));
    }
    return response.build();
  }

  private static void add(
      HeaderNames names, Verdict.Status status, RateLimitResponse.Builder response) {
    long requests = status.limit().map(Limit::requests).orElse(0L);
    response
        .addResponseHeadersToAdd(header(names.limit, requests))
        .addResponseHeadersToAdd(header(names.remaining, status.remaining()))
        .addResponseHeadersToAdd(header(names.reset, status.secondsUntilReset()));
  }

  private static HeaderValue header(String name, long value) {
    return HeaderValue.newBuilder().setKey(name).setValue(Long.toString(value)).build();
  }

  private static DescriptorStatus status(Verdict.Status status) {
    DescriptorStatus.Builder built =
        DescriptorStatus.newBuilder()
            .setCode(code(status.overLimit()))
            .setLimitRemaining((int) status.remaining());
    if (status.limit().isPresent()) {
      built
          .setCurrentLimit(limit(status.limit().get()))
          .setDurationUntilReset(Duration.newBuilder().setSeconds(status.secondsUntilReset()));
    }
    return built.build();
  }

  /** A period without a name is of the unit UNKNOWN. */
  private static RateLimit limit(Limit limit) {
    return RateLimit.newBuilder()
        .setName(limit.name())
        .setRequestsPerUnit((int) limit.requests())
        .setUnitValue(Unit.bySeconds(limit.seconds()).map(Unit::number).orElse(0))
        .build();
  }

  private static Code code(boolean overLimit) {
    return overLimit ? Code.OVER_LIMIT : Code.OK;
  }
}
