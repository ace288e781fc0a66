package dev.sluice.edge.envoy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.sluice.edge.Answer;
import dev.sluice.edge.EdgeHeaders;
import dev.sluice.edge.authorization.Verdict;
import dev.sluice.policy.DoorMode;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.envoyproxy.envoy.service.auth.v3.DeniedHttpResponse;
import io.envoyproxy.envoy.service.auth.v3.OkHttpResponse;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import java.util.List;
import java.util.Map;

/** Verdicts as CheckResponses. */
final class CheckAnswers {
  /** Where no gateway follows, the client's credentials end at the edge. */
  private static final List<String> CREDENTIALS =
      List.of("authorization", "x-api-key", "api-key", "cookie");

  private final DoorMode mode;

  CheckAnswers(DoorMode mode) {
    this.mode = mode;
  }

  /**
   * An answer.
   *
   * @param sent the headers of the request, by lower case name
   */
  CheckResponse of(Verdict verdict, Map<String, String> sent) {
    CheckResponse.Builder response =
        CheckResponse.newBuilder().setDynamicMetadata(metadata(verdict.facts().byName()));
    if (verdict instanceof Verdict.Allowed allowed) {
      return response
          .setStatus(Status.newBuilder().setCode(Code.OK_VALUE))
          .setOkResponse(ok(allowed, sent))
          .build();
    }
    Answer answer = ((Verdict.Answered) verdict).answer();
    return response
        .setStatus(Status.newBuilder().setCode(code(answer.status())))
        .setDeniedResponse(denied(answer))
        .build();
  }

  private OkHttpResponse ok(Verdict.Allowed allowed, Map<String, String> sent) {
    OkHttpResponse.Builder ok = OkHttpResponse.newBuilder();
    allowed.requestHeaders().forEach((name, value) -> ok.addHeaders(header(name, value)));
    allowed
        .responseHeaders()
        .forEach((name, value) -> ok.addResponseHeadersToAdd(header(name, value)));
    for (String name : sent.keySet()) {
      // Whatever a client says in Sluice's name does not reach the upstream.
      if (name.startsWith(EdgeHeaders.PREFIX)
          && !name.equals(EdgeHeaders.WORKFLOW)
          && !allowed.requestHeaders().containsKey(name)) {
        ok.addHeadersToRemove(name);
      }
    }
    if (mode == DoorMode.FULL) {
      CREDENTIALS.stream().filter(sent::containsKey).forEach(ok::addHeadersToRemove);
    }
    return ok.build();
  }

  private static DeniedHttpResponse denied(Answer answer) {
    DeniedHttpResponse.Builder denied =
        DeniedHttpResponse.newBuilder()
            .setStatus(HttpStatus.newBuilder().setCodeValue(answer.status()))
            .setBody(answer.body());
    answer.headers().forEach((name, value) -> denied.addHeaders(header(name, value)));
    return denied.build();
  }

  private static HeaderValueOption header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .setAppendAction(HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .build();
  }

  private static Struct metadata(Map<String, String> facts) {
    Struct.Builder metadata = Struct.newBuilder();
    facts.forEach(
        (name, value) ->
            metadata.putFields(name, Value.newBuilder().setStringValue(value).build()));
    return metadata.build();
  }

  /** Any code but OK denies; this one is for logs. */
  private static int code(int status) {
    return switch (status) {
      case 401 -> Code.UNAUTHENTICATED_VALUE;
      case 404 -> Code.NOT_FOUND_VALUE;
      case 429 -> Code.RESOURCE_EXHAUSTED_VALUE;
      case 503 -> Code.UNAVAILABLE_VALUE;
      default -> Code.PERMISSION_DENIED_VALUE;
    };
  }
}
