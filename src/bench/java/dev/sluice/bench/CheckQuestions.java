package dev.sluice.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.sluice.policy.DoorMode;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What Envoy asks {@code ext_authz}: a request of each key in turn. */
final class CheckQuestions implements Questions<CheckRequest, CheckResponse> {
  private final List<UserKey> keys;
  private final List<CheckRequest> requests;
  private final EdgeTarget.Kind target;
  private final DoorMode mode;

  /**
   * @param shown what the edge shows of the model: the body, or a context extension
   */
  CheckQuestions(List<UserKey> keys, EdgeTarget.Kind target, DoorMode mode, Shown shown) {
    this.keys = keys;
    this.target = target;
    this.mode = mode;
    this.requests =
        IntStream.range(0, keys.size()).mapToObj(i -> request(i, keys.get(i), shown)).toList();
  }

  /** What an edge tells of a request besides its head. */
  enum Shown {
    NOTHING,
    BODY,
    MODEL
  }

  private static CheckRequest request(int index, UserKey key, Shown shown) {
    byte[] body = Workload.whole(16).body().getBytes();
    AttributeContext.HttpRequest.Builder http =
        AttributeContext.HttpRequest.newBuilder()
            .setId("1234567890123456789")
            .setMethod("POST")
            .setPath("/v1/chat/completions")
            .setHost("inference.example.com")
            .setScheme("https")
            .setProtocol("HTTP/1.1")
            .setSize(body.length)
            .putHeaders(":authority", "inference.example.com")
            .putHeaders(":method", "POST")
            .putHeaders(":path", "/v1/chat/completions")
            .putHeaders(":scheme", "https")
            .putHeaders("accept", "application/json")
            .putHeaders("accept-encoding", "gzip, deflate")
            .putHeaders("authorization", "Bearer " + key.text())
            .putHeaders("content-length", Integer.toString(body.length))
            .putHeaders("content-type", "application/json")
            .putHeaders("user-agent", "OpenAI/Python 2.8.0")
            .putHeaders("x-forwarded-proto", "https")
            .putHeaders("x-request-id", "0b3e7d1c-0000-4000-8000-%012d".formatted(index));
    AttributeContext.Builder attributes =
        AttributeContext.newBuilder()
            .setSource(peer("10.1.2.3", 41_000))
            .setDestination(peer("10.0.0.1", 8443));
    if (shown == Shown.BODY) {
      http.setRawBody(ByteString.copyFrom(body));
    } else if (shown == Shown.MODEL) {
      attributes.putContextExtensions("model", GatewayStack.MODEL);
    }
    return CheckRequest.newBuilder()
        .setAttributes(
            attributes.setRequest(
                AttributeContext.Request.newBuilder()
                    .setTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
                    .setHttp(http)))
        .build();
  }

  private static AttributeContext.Peer peer(String address, int port) {
    return AttributeContext.Peer.newBuilder()
        .setAddress(
            Address.newBuilder()
                .setSocketAddress(
                    SocketAddress.newBuilder().setAddress(address).setPortValue(port)))
        .build();
  }

  @Override
  public int count() {
    return requests.size();
  }

  @Override
  public CheckRequest question(int index) {
    return requests.get(index);
  }

  @Override
  public Optional<String> wrong(int index, CheckResponse answer) {
    boolean right =
        answer.getStatus().getCode() == 0
            && (target == EdgeTarget.Kind.NO_OP || ofSluice(index, answer));
    return right ? Optional.empty() : Optional.of(answer.toString());
  }

  private boolean ofSluice(int index, CheckResponse answer) {
    List<HeaderValueOption> headers = answer.getOkResponse().getHeadersList();
    return has(headers, "x-sluice-user", keys.get(index).user())
        && (mode == DoorMode.FRONT
            ? has(headers, "x-sluice-proof", "")
            : has(
                answer.getOkResponse().getResponseHeadersToAddList(),
                "x-ratelimit-remaining-requests",
                ""));
  }

  /** Whether there is such a header; an empty value stands for any. */
  private static boolean has(List<HeaderValueOption> headers, String name, String value) {
    for (HeaderValueOption header : headers) {
      if (header.getHeader().getKey().equals(name)) {
        return value.isEmpty() || header.getHeader().getValue().equals(value);
      }
    }
    return false;
  }
}
