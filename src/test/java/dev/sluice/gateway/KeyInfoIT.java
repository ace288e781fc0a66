package dev.sluice.gateway;

import static dev.sluice.testing.Stack.ORGANIZATION;
import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.KeyAge;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Network;
import dev.sluice.account.Permission;
import dev.sluice.account.RecordKind;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.Stack;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /v1/key}: what a key is told about itself. */
class KeyInfoIT {
  /** More models than one answer looks at. */
  private static final String MANY =
      IntStream.range(0, 200).mapToObj(i -> "m" + i).collect(Collectors.joining(", "));

  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - models: [small, large]
          queueDepth: 50
          qos: web
          rates:
          - {allowedRequests: 10, periodSeconds: 3600}
          - {allowedRequests: 50, periodSeconds: 86400}
        free:
        - {models: [small], qos: web, rates: {allowedRequests: 3, periodSeconds: 3600}}
        wide:
        - {models: [%s], qos: web, rates: {allowedRequests: 3, periodSeconds: 60}}
        deprecated:
        - {models: [old]}
      bundles:
        bundleDeploymentSpecs:
        - name: one
          groups: [{name: default, minReplicas: 1, qosList: [web]}]
      """
          .formatted(MANY);

  @TempDir private static Path folder;
  private static Stack stack;

  @BeforeAll
  static void start() {
    stack =
        new Stack(
            folder,
            SAMBASTACK,
            "",
            List.of(SimulatedBackendOptions.of("one", List.of("small", "large"))));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void anyKey_isToldWhatItIsAndWhatIsLeft() throws IOException {
    KeyIssuer.Issued issued = stack.issue("ada", Optional.of("web"));
    Instant expires = Instant.parse("2100-01-01T00:00:00Z");
    terms(
        issued,
        terms ->
            terms
                .withExpiry(Optional.of(expires))
                .withNetworks(Set.of(Network.parse("127.0.0.0/8")))
                .withModels(Set.of("small"))
                .withLimits(limits("5/1m", "9/1d:small", "running=4", "7/1h:large")));
    stack.change(RecordKind.USER, "ada", user -> user.withLimits(limits("100/1d")));
    stack.chat(issued.text().reveal(), body("small"));

    JsonNode key = get("/v1/key", issued.text().reveal());

    assertThat(key.at("/object").asText()).isEqualTo("key");
    assertThat(key.at("/id").asText()).isEqualTo(issued.record().id());
    assertThat(key.at("/name").asText()).isEqualTo("ada");
    assertThat(key.at("/last_four").asText()).isEqualTo(issued.text().lastFour());
    assertThat(key.at("/environment").asText()).isEqualTo("prod");
    assertThat(key.at("/permissions")).extracting(JsonNode::asText).contains("inference", "models");
    assertThat(key.at("/models")).extracting(JsonNode::asText).containsExactly("small");
    assertThat(key.at("/networks")).extracting(JsonNode::asText).containsExactly("127.0.0.0/8");
    assertThat(key.at("/created_at").asLong())
        .isEqualTo(issued.record().created().getEpochSecond());
    assertThat(key.at("/expires_at").asLong()).isEqualTo(expires.getEpochSecond());
    assertThat(key.at("/organization/id").asText()).isEqualTo(ORGANIZATION);
    assertThat(key.at("/project/name").asText()).isEqualTo("default");
    assertThat(key.at("/user/id").asText()).isEqualTo("ada");
    assertThat(key.at("/tier")).hasToString("{\"id\":\"web\",\"from\":\"user\"}");
    assertThat(key.at("/warnings")).isEmpty();
    assertThat(key.at("/age/refuse_at").isNull()).isTrue();
    assertThat(key.at("/limits_truncated").asBoolean()).isFalse();
    assertThat(key.at("/limits"))
        .extracting(KeyInfoIT::line)
        .containsExactly(
            "key key requests null 5 per 60: 1 used, 4 left",
            "key key concurrency null 4 per null: 0 used, 4 left",
            "key key requests large 7 per 3600: 0 used, 7 left",
            "key key requests small 9 per 86400: 1 used, 8 left",
            "user user requests null 100 per 86400: 1 used, 99 left",
            "tier user requests small 10 per 3600: 1 used, 9 left",
            "tier user requests small 50 per 86400: 1 used, 49 left");
    assertThat(key.at("/limits/0/reset_seconds").asDouble()).isBetween(1.0, 61.0);
    assertThat(key.at("/limits/1/reset_seconds").isNull()).isTrue();
    assertThat(get("/v1/key", issued.text().reveal()).at("/limits/0/used").asInt()).isEqualTo(1);
  }

  @Test
  void model_asked_onlyTheLimitsThatItMeetsAreTold() throws IOException {
    KeyIssuer.Issued issued = stack.issue("narrow", Optional.of("web"));
    terms(issued, terms -> terms.withLimits(limits("5/1m", "9/1d:small", "7/1h:large")));

    assertThat(get("/v1/key?model=large", issued.text().reveal()).at("/limits"))
        .extracting(KeyInfoIT::line)
        .containsExactly(
            "key key requests null 5 per 60: 0 used, 5 left",
            "key key requests large 7 per 3600: 0 used, 7 left",
            "tier user requests large 10 per 3600: 0 used, 10 left",
            "tier user requests large 50 per 86400: 0 used, 50 left");
  }

  @Test
  void models_moreThanOneAnswerTells_areCutAndThatIsSaid() throws IOException {
    String key = stack.key("wide", "wide");

    JsonNode cut = get("/v1/key", key);
    JsonNode one = get("/v1/key?model=m199", key);

    assertThat(cut.at("/limits_truncated").asBoolean()).isTrue();
    assertThat(cut.at("/limits")).hasSize(160);
    assertThat(cut.at("/models")).hasSize(200);
    assertThat(one.at("/limits_truncated").asBoolean()).isFalse();
    assertThat(one.at("/limits")).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown", "old", ""})
  void model_thatTheKeyMayNotCall_is404(String model) {
    HttpResponse<String> answer = stack.get("/v1/key?model=" + model, stack.key("curious", "web"));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("model_not_found");
  }

  @Test
  void model_thatCannotBeDecoded_is400() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      client.send(
          "GET /v1/key?model=%zz HTTP/1.1\r\nHost: sluice\r\nAuthorization: Bearer "
              + stack.key("garbled", "web")
              + "\r\n\r\n");
      assertThat(client.readUntil("request_id")).contains(" 400 ", "invalid_request");
    }
  }

  @ParameterizedTest
  @CsvSource({"key", "user", "project", "organization", "default"})
  void tier_fromWhereverItComes_isTold(String from) throws IOException {
    KeyIssuer.Issued issued = stack.issue("tier-" + from, Optional.empty());
    Optional<String> web = Optional.of("web");
    switch (from) {
      case "key" -> terms(issued, terms -> terms.withTier(web));
      case "user" ->
          stack.change(RecordKind.USER, issued.record().user(), user -> user.withTier(web));
      case "project" ->
          stack.change(RecordKind.PROJECT, "default", project -> project.withTier(web));
      case "organization" ->
          stack.change(RecordKind.ORGANIZATION, ORGANIZATION, one -> one.withTier(web));
      default -> {}
    }
    try {
      assertThat(get("/v1/key", issued.text().reveal()).at("/tier"))
          .hasToString(
              "{\"id\":\"%s\",\"from\":\"%s\"}"
                  .formatted(from.equals("default") ? "free" : "web", from));
    } finally {
      stack.change(RecordKind.PROJECT, "default", project -> project.withTier(Optional.empty()));
      stack.change(RecordKind.ORGANIZATION, ORGANIZATION, one -> one.withTier(Optional.empty()));
    }
  }

  @Test
  void permissions_none_isToldAllTheSame() throws IOException {
    KeyIssuer.Issued issued = stack.issue("humble", Optional.of("web"));
    terms(issued, terms -> terms.withPermissions(Set.of(Permission.USAGE_READ)));

    assertThat(get("/v1/key", issued.text().reveal()).at("/permissions"))
        .extracting(JsonNode::asText)
        .containsExactly("usage_read");
  }

  @Test
  void age_ofAnOldText_isAWarning() throws IOException {
    KeyIssuer.Issued issued = stack.issue("aging", Optional.of("web"));
    KeyAge age = new KeyAge(Duration.ofMillis(1), Duration.ofDays(90));
    stack.change(RecordKind.ORGANIZATION, ORGANIZATION, one -> one.withKeyAge(Optional.of(age)));
    try {
      JsonNode key = get("/v1/key", issued.text().reveal());
      assertThat(key.at("/warnings"))
          .singleElement()
          .extracting(JsonNode::asText)
          .asString()
          .startsWith("The text of this key is 0 days old: rotate it, for it is refused from ");
      assertThat(key.at("/age/refuse_at").asLong() - key.at("/age/issued_at").asLong())
          .isEqualTo(Duration.ofDays(90).toSeconds());
    } finally {
      stack.change(RecordKind.ORGANIZATION, ORGANIZATION, one -> one.withKeyAge(Optional.empty()));
    }
  }

  @Test
  void rotated_inGrace_isAWarningForWhoeverHasTheOldText() throws IOException {
    KeyIssuer.Issued issued = stack.issue("rotating", Optional.of("web"));
    KeyText next = KeyText.generate(ORGANIZATION, new SecureRandom());
    stack.replace(issued.record().rotate(next, Instant.now(), Duration.ofHours(1)));

    JsonNode key = get("/v1/key", issued.text().reveal());

    assertThat(key.at("/last_four").asText()).isEqualTo(next.lastFour());
    assertThat(key.at("/warnings").get(0).asText())
        .startsWith("The text that ends in " + issued.text().lastFour() + " was replaced");
  }

  @Test
  void keys_thatAreNotHonoured_areRefusedAsElsewhere() {
    KeyIssuer.Issued issued = stack.issue("outside", Optional.of("web"));
    terms(issued, terms -> terms.withNetworks(Set.of(Network.parse("192.0.2.0/24"))));
    assertThat(stack.get("/v1/key", issued.text().reveal()).statusCode()).isEqualTo(403);
    assertThat(stack.get("/v1/key", "").statusCode()).isEqualTo(401);
    stack.replace(issued.record().revoke());
    // What no script confirms is seen within half a second.
    await().until(() -> stack.get("/v1/key", issued.text().reveal()).statusCode() == 401);
    assertThat(stack.get("/v1/key", issued.text().reveal()).body()).contains("invalid_api_key");
  }

  @Test
  void otherMethods_areNotAllowed() {
    HttpResponse<String> answer =
        stack.send(
            stack
                .request("/v1/key", stack.key("poster", "web"))
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains("GET");
  }

  private static void terms(KeyIssuer.Issued issued, UnaryOperator<KeyTerms> change) {
    stack.change(RecordKind.KEY, issued.record().id(), key -> key.under(change.apply(key.terms())));
  }

  private static OwnLimits limits(String... texts) {
    return new OwnLimits(List.of(texts).stream().map(LimitText::parse).toList());
  }

  private static String line(JsonNode limit) {
    return "%s %s %s %s %s per %s: %s used, %s left"
        .formatted(
            limit.at("/from").asText(),
            limit.at("/scope").asText(),
            limit.at("/type").asText(),
            limit.at("/model").asText(),
            limit.at("/limit").asText(),
            limit.at("/period_seconds").asText(),
            limit.at("/used").asText(),
            limit.at("/remaining").asText());
  }

  private static JsonNode get(String path, String key) throws IOException {
    HttpResponse<String> answer = stack.get(path, key);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }
}
