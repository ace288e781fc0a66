package dev.sluice.bench;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc.AuthorizationImplBase;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.DescriptorStatus;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc.RateLimitServiceImplBase;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;

/** Services that decide nothing, and whose answers have the shape of Sluice's. */
final class NoOpAnswers {
  private NoOpAnswers() {}

  /** Everybody may pass. */
  static final class Authorization extends AuthorizationImplBase {
    private static final List<Map.Entry<String, String>> IDENTITY =
        List.of(
            Map.entry("x-sluice-organization", "bench"),
            Map.entry("x-sluice-project", "default"),
            Map.entry("x-sluice-user", "user-0"),
            Map.entry("x-sluice-key", "key-0123456789abcdef"),
            Map.entry("x-sluice-tier", "bench"));
    private static final Map.Entry<String, String> PROOF =
        Map.entry(
            "x-sluice-proof",
            "1.0123456789abcdef0123456789abcdef.1700000000.0123456789abcdefghijkl");
    private static final Map.Entry<String, String> QOS = Map.entry("x-sluice-qos", "bench");
    private static final List<Map.Entry<String, String>> RESPONSE =
        List.of(
            Map.entry("x-request-id", "0b3e7d1c-0000-4000-8000-000000000000"),
            Map.entry("x-ratelimit-limit-requests", "1000000000"),
            Map.entry("x-ratelimit-remaining-requests", "999999999"),
            Map.entry("x-ratelimit-reset-requests", "60s"),
            Map.entry("x-ratelimit-limit-requests-day", "1000000000"),
            Map.entry("x-ratelimit-remaining-requests-day", "999999999"),
            Map.entry("x-ratelimit-reset-requests-day", "24h0m0s"));
    private static final List<Map.Entry<String, String>> FACTS =
        List.of(
            Map.entry("decision", "admitted"),
            Map.entry("request_id", "0b3e7d1c-0000-4000-8000-000000000000"),
            Map.entry("organization", "bench"),
            Map.entry("project", "default"),
            Map.entry("user", "user-0"),
            Map.entry("key", "key-0123456789abcdef"),
            Map.entry("tier", "bench"));

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> observer) {
      AttributeContext attributes = request.getAttributes();
      boolean full =
          attributes.getContextExtensionsCount() > 0
              || !attributes.getRequest().getHttp().getRawBody().isEmpty();
      OkHttpResponse.Builder ok = OkHttpResponse.newBuilder();
      IDENTITY.forEach(each -> ok.addHeaders(header(each)));
      ok.addHeaders(header(full ? QOS : PROOF));
      Struct.Builder facts = Struct.newBuilder();
      FACTS.forEach(each -> facts.putFields(each.getKey(), text(each.getValue())));
      if (full) {
        RESPONSE.forEach(each -> ok.addResponseHeadersToAdd(header(each)));
        ok.addHeadersToRemove("authorization");
        facts.putFields("model", text(GatewayStack.MODEL)).putFields("qos", text("bench"));
      }
      observer.onNext(
          CheckResponse.newBuilder()
              .setStatus(Status.newBuilder().setCode(0))
              .setOkResponse(ok)
              .setDynamicMetadata(facts)
              .build());
      observer.onCompleted();
    }

    private static Value text(String text) {
      return Value.newBuilder().setStringValue(text).build();
    }

    private static HeaderValueOption header(Map.Entry<String, String> header) {
      return HeaderValueOption.newBuilder()
          .setHeader(HeaderValue.newBuilder().setKey(header.getKey()).setValue(header.getValue()))
          .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
          .build();
    }
  }

  /** Nobody is over a limit. */
  static final class RateLimit extends RateLimitServiceImplBase {
    @Override
    public void shouldRateLimit(
        RateLimitRequest request, StreamObserver<RateLimitResponse> observer) {
      RateLimitResponse.Builder response = RateLimitResponse.newBuilder().setOverallCode(Code.OK);
      for (int i = 0; i < request.getDescriptorsCount(); i++) {
        response.addStatuses(
            DescriptorStatus.newBuilder()
                .setCode(Code.OK)
                .setCurrentLimit(
                    RateLimitResponse.RateLimit.newBuilder()
                        .setRequestsPerUnit(1_000_000_000)
                        .setUnit(RateLimitResponse.RateLimit.Unit.MINUTE))
                .setLimitRemaining(999_999_999)
                .setDurationUntilReset(Duration.newBuilder().setSeconds(60)));
      }
      observer.onNext(response.build());
      observer.onCompleted();
    }
  }
}
