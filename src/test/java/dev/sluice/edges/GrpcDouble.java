package dev.sluice.edges;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Sluice's gRPC door as Envoy sees it: the bearer token says what {@code ext_authz} answers, the
 * header {@code x-sluice-workflow: slow} is over a rate. Here for the answers that are hard to get
 * from the true one.
 */
final class GrpcDouble implements AutoCloseable {
  static final String BODY = "{\"error\":{\"message\":\"no: \\u00e9 %REQ(X)% \\\"q\\\"\"}}";

  private final Queue<CheckRequest> checks = new ConcurrentLinkedQueue<>();
  private final Queue<RateLimitRequest> limits = new ConcurrentLinkedQueue<>();
  private final Server server;

  GrpcDouble() {
    try {
      this.server =
          NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
              .addService(new Authorization())
              .addService(new RateLimit())
              .build()
              .start();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return server.getPort();
  }

  /** The last one. */
  AttributeContext.HttpRequest checked() {
    return last(List.copyOf(checks)).getAttributes().getRequest().getHttp();
  }

  /** What the route of the last one said. */
  String checkedModel() {
    return last(List.copyOf(checks)).getAttributes().getContextExtensionsOrDefault("model", "none");
  }

  /** The last one. */
  RateLimitRequest limited() {
    return last(List.copyOf(limits));
  }

  private static <T> T last(List<T> all) {
    return all.get(all.size() - 1);
  }

  private final class Authorization extends AuthorizationGrpc.AuthorizationImplBase {
    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> observer) {
      checks.add(request);
      String wish =
          request
              .getAttributes()
              .getRequest()
              .getHttp()
              .getHeadersOrDefault("authorization", "")
              .replace("Bearer ", "");
      switch (wish) {
        case "late" -> {}
        case "broken" -> observer.onError(io.grpc.Status.INTERNAL.asRuntimeException());
        case "allowed" -> answer(allowed(), observer);
        default -> answer(denied(Integer.parseInt(wish)), observer);
      }
    }
  }

  private final class RateLimit extends RateLimitServiceGrpc.RateLimitServiceImplBase {
    @Override
    public void shouldRateLimit(
        RateLimitRequest request, StreamObserver<RateLimitResponse> observer) {
      limits.add(request);
      boolean slow =
          request.getDescriptorsList().stream()
              .flatMap(descriptor -> descriptor.getEntriesList().stream())
              .anyMatch(entry -> entry.getValue().equals("slow"));
      if (!slow) {
        // As without any rule.
        answer(RateLimitResponse.newBuilder().setOverallCode(Code.OK).build(), observer);
        return;
      }
      RateLimitResponse.DescriptorStatus over =
          RateLimitResponse.DescriptorStatus.newBuilder()
              .setCode(Code.OVER_LIMIT)
              .setCurrentLimit(
                  RateLimitResponse.RateLimit.newBuilder()
                      .setRequestsPerUnit(5)
                      .setUnit(RateLimitResponse.RateLimit.Unit.MINUTE))
              .setDurationUntilReset(Duration.newBuilder().setSeconds(33))
              .build();
      RateLimitResponse.Builder response =
          RateLimitResponse.newBuilder().setOverallCode(Code.OVER_LIMIT);
      request.getDescriptorsList().forEach(descriptor -> response.addStatuses(over));
      answer(response.build(), observer);
    }
  }

  private static CheckResponse allowed() {
    return CheckResponse.newBuilder()
        .setStatus(Status.newBuilder())
        .setOkResponse(OkHttpResponse.newBuilder().addHeaders(header("x-sluice-proof", "proof")))
        .setDynamicMetadata(metadata("known"))
        .build();
  }

  private static CheckResponse denied(int status) {
    return CheckResponse.newBuilder()
        .setStatus(Status.newBuilder().setCode(7))
        .setDeniedResponse(
            DeniedHttpResponse.newBuilder()
                .setStatus(HttpStatus.newBuilder().setCode(StatusCode.forNumber(status)))
                .addHeaders(header("content-type", "application/json"))
                .addHeaders(header("x-request-id", "sluice's"))
                .addHeaders(header("retry-after", "7"))
                .setBody(BODY))
        .setDynamicMetadata(metadata("refused"))
        .build();
  }

  private static Struct metadata(String decision) {
    return Struct.newBuilder()
        .putFields("decision", Value.newBuilder().setStringValue(decision).build())
        .putFields("tier", Value.newBuilder().setStringValue("web").build())
        .putFields("model", Value.newBuilder().setStringValue("large").build())
        .build();
  }

  private static HeaderValueOption header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .build();
  }

  private static <T> void answer(T response, StreamObserver<T> observer) {
    observer.onNext(response);
    observer.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
