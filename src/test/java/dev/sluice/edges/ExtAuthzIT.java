package dev.sluice.edges;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.Network;
import dev.sluice.testing.Stack;
import io.envoyproxy.envoy.config.core.v3.HeaderMap;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Envoy's ext_authz is answered, in both modes. */
class ExtAuthzIT {
  @TempDir private static Path folder;
  private static Stack front;
  private static Stack full;
  private static ManagedChannel frontChannel;
  private static ManagedChannel fullChannel;

  @BeforeAll
  static void start() throws Exception {
    front =
        new Stack(
            Files.createDirectory(folder.resolve("front")), Tiers.SAMBASTACK, "", Tiers.BACKENDS);
    full =
        new Stack(
            Files.createDirectory(folder.resolve("full")),
            Tiers.SAMBASTACK,
            "extAuthz: {mode: full, modelHeader: x-sluice-model}\n",
            Tiers.BACKENDS);
    frontChannel = channel(front);
    fullChannel = channel(full);
  }

  @AfterAll
  static void stop() {
    frontChannel.shutdownNow();
    fullChannel.shutdownNow();
    front.close();
    full.close();
  }

  @Test
  void front_goodKey_isToldWhoAndGivenAProof() {
    String key = front.key("ann", "web");

    CheckResponse response = check(frontChannel, chat(key).build());

    Map<String, String> headers = upstreamHeaders(response);
    assertThat(response.getStatus().getCode()).isZero();
    assertThat(headers)
        .containsEntry("x-sluice-organization", "acme")
        .containsEntry("x-sluice-project", "default")
        .containsEntry("x-sluice-user", "ann")
        .containsEntry("x-sluice-tier", "web")
        .containsKeys("x-sluice-key", "x-sluice-proof");
    assertThat(metadata(response))
        .containsEntry("decision", "known")
        .containsEntry("request_id", "id-1")
        .containsEntry("user", "ann");
    assertThat(response.getOkResponse().getHeadersToRemoveList())
        .doesNotContain("authorization"); // the gateway behind the edge reads it
  }

  @Test
  void anyMode_keyBoundToANetwork_isHeldAgainstTheClientOfTheEdge() {
    for (Stack stack : List.of(front, full)) {
      ManagedChannel channel = stack.equals(front) ? frontChannel : fullChannel;
      KeyIssuer.Issued key = stack.issue("ned", Optional.of("web"));
      stack.replace(
          key.record()
              .under(key.record().terms().withNetworks(Set.of(Network.parse("192.0.2.0/24")))));
      AttributeContext.HttpRequest request = chat(key.text().reveal()).build();

      assertThat(check(channel, request, "192.0.2.7").getStatus().getCode()).isZero();
      for (String elsewhere : List.of("198.51.100.7", "")) {
        assertThat(check(channel, request, elsewhere).getDeniedResponse().getBody())
            .contains("key_network_not_allowed");
      }
    }
  }

  @Test
  void front_proofOfAKeyBoundToANetwork_isEnoughForTheGateway() {
    KeyIssuer.Issued key = front.issue("nell", Optional.of("web"));
    front.replace(
        key.record().under(key.record().terms().withNetworks(Set.of(Network.parse("192.0.2.7")))));
    String text = key.text().reveal();
    String proof =
        upstreamHeaders(check(frontChannel, chat(text).build(), "192.0.2.7")).get("x-sluice-proof");

    assertThat(front.chat(text, body("small"), "x-sluice-proof", proof).statusCode())
        .isEqualTo(200);
    assertThat(front.chat(text, body("small")).statusCode()).isEqualTo(403);
    assertThat(front.get("/v1/models", text).statusCode()).isEqualTo(403);
  }

  @Test
  void front_proofOfManyAttempts_chargesOnce() {
    String key = front.key("bob", "web");
    String proof = upstreamHeaders(check(frontChannel, chat(key).build())).get("x-sluice-proof");

    List<String> remaining = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      remaining.add(remaining(front.chat(key, body("small"), "x-sluice-proof", proof)));
    }
    remaining.add(remaining(front.chat(key, body("small"))));

    assertThat(remaining).containsExactly("999", "999", "999", "998");
  }

  @Test
  void front_proofOfAnotherKey_changesNothingButAMetric() {
    String key = front.key("cat", "web");
    String other = front.key("dan", "web");
    String proof = upstreamHeaders(check(frontChannel, chat(other).build())).get("x-sluice-proof");
    double before = invalidProofs();

    String first = remaining(front.chat(key, body("small"), "x-sluice-proof", proof));
    String second = remaining(front.chat(key, body("small"), "x-sluice-proof", proof));

    assertThat(List.of(first, second)).containsExactly("999", "998");
    assertThat(invalidProofs() - before).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"'', none", "Bearer nonsense, wrong", "Basic dTpw, none"})
  void anyMode_badKey_isDeniedAsTheGatewayDoes(String authorization, String kind) {
    for (ManagedChannel channel : List.of(frontChannel, fullChannel)) {
      AttributeContext.HttpRequest.Builder request =
          chat("").clearHeaders().putHeaders("x-request-id", "id-1");
      if (!authorization.isEmpty()) {
        request.putHeaders("authorization", authorization);
      }

      CheckResponse response = check(channel, request.build());

      HttpResponse<String> gateway =
          front.send(
              (authorization.isEmpty()
                      ? front.request("/v1/chat/completions", "", "x-request-id", "id-1")
                      : front.request(
                          "/v1/chat/completions",
                          "",
                          "x-request-id",
                          "id-1",
                          "authorization",
                          authorization))
                  .POST(HttpRequest.BodyPublishers.ofString(body("small")))
                  .build());
      assertThat(response.getDeniedResponse().getStatus().getCodeValue())
          .isEqualTo(gateway.statusCode())
          .isEqualTo(401);
      assertThat(response.getDeniedResponse().getBody()).isEqualTo(gateway.body());
      assertThat(headers(response.getDeniedResponse().getHeadersList()))
          .containsEntry("content-type", "application/json")
          .containsEntry("x-request-id", "id-1");
    }
  }

  @Test
  void full_allowed_chargesAndSaysWhatRemains() {
    String key = full.key("ann", "web");

    CheckResponse response = check(fullChannel, chat(key).build());
    CheckResponse next = check(fullChannel, chat(key).build());

    assertThat(upstreamHeaders(response))
        .containsEntry("x-sluice-qos", "web")
        .doesNotContainKey("x-sluice-proof");
    assertThat(headers(response.getOkResponse().getResponseHeadersToAddList()))
        .containsEntry("x-ratelimit-remaining-requests", "999")
        .containsEntry("x-request-id", "id-1");
    assertThat(headers(next.getOkResponse().getResponseHeadersToAddList()))
        .containsEntry("x-ratelimit-remaining-requests", "998");
    assertThat(metadata(response))
        .containsEntry("decision", "admitted")
        .containsEntry("model", "small")
        .containsEntry("qos", "web");
    assertThat(response.getOkResponse().getHeadersToRemoveList())
        .contains("authorization")
        .doesNotContain("x-request-id");
  }

  @ParameterizedTest
  @CsvSource({
    "none,  small,   429, rate_limit_exceeded",
    "web,   unknown, 404, model_not_found",
    "web,   old,     410, model_deprecated",
    "web,   broken,  503, model_maintenance",
    "web,   secret,  403, model_restricted",
  })
  void full_refused_isDeniedAsTheGatewayDoes(String tier, String model, int status, String code) {
    String key = full.key("eve-" + tier, tier);

    CheckResponse response = check(fullChannel, chat(key).setBody(body(model)).build());

    HttpResponse<String> gateway = full.chat(key, body(model), "x-request-id", "id-1");
    assertThat(response.getDeniedResponse().getStatus().getCodeValue())
        .isEqualTo(gateway.statusCode())
        .isEqualTo(status);
    assertThat(withoutTimes(response.getDeniedResponse().getBody()))
        .isEqualTo(withoutTimes(gateway.body()))
        .contains(code);
    assertThat(headers(response.getDeniedResponse().getHeadersList()).keySet())
        .isEqualTo(
            gateway.headers().map().keySet().stream()
                .filter(name -> !name.equals("content-length"))
                .collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @CsvSource({
    "raw,      large",
    "header,   large",
    "context,  large",
    "path,     large",
    "partial,  large",
    "rawFirst, large",
  })
  void full_modelIsFoundWhereverTheEdgeHasIt(String where, String model) {
    String key = full.key("fay", "web");
    AttributeContext.HttpRequest.Builder request = chat(key).clearBody();
    Map<String, String> context = Map.of();
    switch (where) {
      case "raw" -> request.setRawBody(ByteString.copyFromUtf8(body(model)));
      case "header" -> request.putHeaders("x-sluice-model", model);
      case "context" -> context = Map.of("model", model);
      case "path" -> request.setPath("/openai/deployments/" + model + "/chat/completions?v=1");
      case "partial" ->
          request
              .putHeaders("x-envoy-auth-partial-body", "true")
              .setBody("{\"model\":\"" + model + "\",\"messages\":[{\"content\":\"cut o");
      // What the backend obeys goes before what the edge believes.
      default ->
          request
              .putHeaders("x-sluice-model", "small")
              .setRawBody(ByteString.copyFromUtf8(body(model)));
    }

    CheckResponse response = check(fullChannel, request.build(), context);

    assertThat(metadata(response)).containsEntry("model", model);
  }

  @Test
  void full_knownKey_isNotLookedUpAgain() throws Exception {
    String key = full.key("kim", "web");
    String lookups = "sluice_redis_seconds_count{script=\"lookup\"";
    check(fullChannel, chat(key).build());
    double before = metric(full, lookups);
    Thread.sleep(600); // longer than what is known counts as recent

    CheckResponse response = check(fullChannel, chat(key).build());

    assertThat(response.hasOkResponse()).isTrue();
    assertThat(metric(full, lookups)).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"100000", "''"})
  void full_bodyThatEnvoyCallsWholeAndIsNot_isReadAsABeginning(String length) {
    String key = full.key("hal", "web");
    AttributeContext.HttpRequest.Builder request =
        chat(key)
            .putHeaders("x-envoy-auth-partial-body", "false")
            .setBody("{\"model\":\"large\",\"messages\":[{\"content\":\"cut o");
    if (!length.isEmpty()) {
      request.putHeaders("content-length", length);
    }

    assertThat(metadata(check(fullChannel, request.build()))).containsEntry("model", "large");
  }

  @Test
  void full_modelTwiceInAnyBody_isRefused() {
    String key = full.key("ida", "web");

    CheckResponse response =
        check(
            fullChannel,
            chat(key)
                .setPath("/v1/completions")
                .setBody("{\"model\":\"small\",\"prompt\":\"x\",\"model\":\"secret\"}")
                .build());

    assertThat(response.getDeniedResponse().getStatus().getCodeValue()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "/openai/deployments/small/../large/chat/completions",
    "/openai/deployments/small//chat/completions",
    "/openai/deployments/a%2Fb/chat/completions",
    "/openai/deployments/small/%2e%2E/large/chat/completions",
  })
  void full_modelOfAPathThatCanBeReadTwoWays_isRefused(String path) {
    String key = full.key("jan", "web");

    CheckResponse response = check(fullChannel, chat(key).clearBody().setPath(path).build());

    assertThat(response.getDeniedResponse().getBody()).contains("invalid_path");
  }

  @Test
  void full_modelBeyondTheShownPart_isRefusedAndSaysWhy() {
    String key = full.key("fay", "web");

    CheckResponse response =
        check(
            fullChannel,
            chat(key)
                .putHeaders("x-envoy-auth-partial-body", "true")
                .setBody("{\"messages\":[{\"content\":\"so long that")
                .build());

    assertThat(response.getDeniedResponse().getStatus().getCodeValue()).isEqualTo(400);
    assertThat(response.getDeniedResponse().getBody())
        .contains("model_unknown", "send 'model' before 'messages'");
  }

  @Test
  void full_bodyThatIsNoChat_getsTheAnswerOfTheGateway() {
    String key = full.key("fay", "web");
    String bad = "{\"model\":\"small\",\"model\":\"large\",\"messages\":[{}]}";

    CheckResponse response = check(fullChannel, chat(key).setBody(bad).build());

    assertThat(response.getDeniedResponse().getBody())
        .isEqualTo(full.chat(key, bad, "x-request-id", "id-1").body());
  }

  @Test
  void full_getWithoutModel_needsAKeyAndChargesNothing() {
    String key = full.key("gil", "free");

    CheckResponse response =
        check(fullChannel, chat(key).clearBody().setMethod("GET").setPath("/v1/models").build());

    assertThat(response.getStatus().getCode()).isZero();
    assertThat(headers(response.getOkResponse().getResponseHeadersToAddList()))
        .containsOnlyKeys("x-request-id");
  }

  @Test
  void anyMode_clientsOwnSluiceHeaders_areRemoved() {
    String key = front.key("ann", "web");

    CheckResponse response =
        check(
            frontChannel,
            chat(key)
                .putHeaders("x-sluice-tier", "enterprise")
                .putHeaders("x-sluice-admin", "1")
                .putHeaders("x-sluice-workflow", "nightly")
                .build());

    assertThat(response.getOkResponse().getHeadersToRemoveList()).containsExactly("x-sluice-admin");
    assertThat(upstreamHeaders(response)).containsEntry("x-sluice-tier", "web");
  }

  @Test
  void anyMode_rawHeaders_areReadToo() {
    String key = front.key("ann", "web");

    CheckResponse response =
        check(
            frontChannel,
            AttributeContext.HttpRequest.newBuilder()
                .setMethod("POST")
                .setPath("/v1/chat/completions")
                .setHeaderMap(
                    HeaderMap.newBuilder()
                        .addHeaders(
                            HeaderValue.newBuilder()
                                .setKey("Authorization")
                                .setRawValue(ByteString.copyFromUtf8("Bearer " + key))))
                .build());

    assertThat(response.getStatus().getCode()).isZero();
  }

  @Test
  void anyMode_twoAuthorizations_areNoKey() {
    String key = front.key("ann", "web");
    HeaderValue one =
        HeaderValue.newBuilder()
            .setKey("authorization")
            .setRawValue(ByteString.copyFromUtf8("Bearer " + key))
            .build();

    CheckResponse response =
        check(
            frontChannel,
            AttributeContext.HttpRequest.newBuilder()
                .setHeaderMap(HeaderMap.newBuilder().addHeaders(one).addHeaders(one))
                .build());

    assertThat(response.getDeniedResponse().getStatus().getCodeValue()).isEqualTo(401);
  }

  @Test
  void emptyCheckRequest_isAnErrorThatSaysWhatIsMissing() {
    assertThatThrownBy(
            () ->
                AuthorizationGrpc.newBlockingStub(frontChannel)
                    .check(CheckRequest.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("INVALID_ARGUMENT: attributes.request.http is missing");
  }

  @ParameterizedTest
  @CsvSource({"''", "ratelimit"})
  void health_isServing(String service) {
    assertThat(
            HealthGrpc.newBlockingStub(frontChannel)
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  private static ManagedChannel channel(Stack stack) {
    return ManagedChannelBuilder.forTarget(stack.doors().grpc()).usePlaintext().build();
  }

  private static AttributeContext.HttpRequest.Builder chat(String key) {
    return AttributeContext.HttpRequest.newBuilder()
        .setMethod("POST")
        .setPath("/v1/chat/completions")
        .putHeaders("authorization", "Bearer " + key)
        .putHeaders("x-request-id", "id-1")
        .setBody(body("small"));
  }

  private static CheckResponse check(ManagedChannel channel, AttributeContext.HttpRequest request) {
    return check(channel, request, Map.of());
  }

  private static CheckResponse check(
      ManagedChannel channel, AttributeContext.HttpRequest request, Map<String, String> context) {
    return AuthorizationGrpc.newBlockingStub(channel)
        .check(
            CheckRequest.newBuilder()
                .setAttributes(
                    AttributeContext.newBuilder()
                        .putAllContextExtensions(context)
                        .setRequest(AttributeContext.Request.newBuilder().setHttp(request)))
                .build());
  }

  private static CheckResponse check(
      ManagedChannel channel, AttributeContext.HttpRequest request, String client) {
    AttributeContext.Builder attributes =
        AttributeContext.newBuilder()
            .setRequest(AttributeContext.Request.newBuilder().setHttp(request));
    attributes.getSourceBuilder().getAddressBuilder().getSocketAddressBuilder().setAddress(client);
    return AuthorizationGrpc.newBlockingStub(channel)
        .check(CheckRequest.newBuilder().setAttributes(attributes).build());
  }

  private static Map<String, String> upstreamHeaders(CheckResponse response) {
    return headers(response.getOkResponse().getHeadersList());
  }

  private static Map<String, String> headers(List<HeaderValueOption> options) {
    return options.stream()
        .collect(Collectors.toMap(o -> o.getHeader().getKey(), o -> o.getHeader().getValue()));
  }

  private static Map<String, String> metadata(CheckResponse response) {
    return response.getDynamicMetadata().getFieldsMap().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> text(e.getValue())));
  }

  private static String text(Value value) {
    return value.getStringValue();
  }

  private static String remaining(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.headers().firstValue("x-ratelimit-remaining-requests").orElse("");
  }

  private static double invalidProofs() {
    return metric(front, "sluice_proofs_total{result=\"invalid\"");
  }

  private static double metric(Stack stack, String series) {
    return stack
        .metrics()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  private static String withoutTimes(String body) {
    return body.replaceAll("Try again in .*?\\)\\.", "Try again.");
  }
}
