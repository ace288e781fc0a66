package dev.sluice.edges;

import static dev.sluice.testing.Stack.ORGANIZATION;
import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.RecordKind;
import dev.sluice.edges.SameAnswersIT.Load;
import dev.sluice.edges.SameAnswersIT.Presented;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.Stack;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Why requests are refused: looked up afterwards, or asked beforehand. */
class ExplainIT {
  /** Of which no key can be named. */
  private static final Set<Presented> NOBODY =
      Set.of(Presented.NOTHING, Presented.NO_KEY_AT_ALL, Presented.BASIC, Presented.UNKNOWN);

  @TempDir private static Path folder;
  private static Stack stack;
  private static Way gateway;
  private static RedisClient client;
  private static RedisCommands<String, String> redis;

  @BeforeAll
  static void start() {
    stack =
        new Stack(
            folder,
            Tiers.SAMBASTACK,
            "lastUseInterval: 24h\ndecisionLog: {to: decisions.jsonl, sample: 1}\n" + Tiers.MODELS,
            Tiers.BACKENDS);
    String url = stack.doors().gateway() + "/v1/chat/completions";
    gateway = new Way("gateway", stack, true, true, model -> url);
    client = RedisClient.create(stack.redis().url());
    redis = client.connect().sync();
  }

  @AfterAll
  static void stop() {
    client.close();
    stack.close();
  }

  static Stream<Arguments> table() {
    return SameAnswersIT.table().filter(row -> !NOBODY.contains((Presented) row.get()[0]));
  }

  @ParameterizedTest(name = "{0}, tier {1}, model {2}, {4}: {5}")
  @MethodSource("table")
  void explain_rowOfTheTable_isWhatTheGatewayThenAnswers(
      Presented presented, String tier, String model, boolean stream, Load load) {
    Both both =
        SameAnswersIT.under(
            gateway,
            load,
            tier,
            (user, key) ->
                SameAnswersIT.given(
                    stack,
                    presented,
                    key,
                    () ->
                        new Both(
                            explain(key, model, "&from=127.0.0.1&endsIn=" + key.text().lastFour()),
                            gateway.chat(
                                "Bearer " + key.text().reveal(),
                                model,
                                body(model, stream ? ",\"stream\":true" : "")))));

    agree(both.explained(), both.answer());
  }

  private record Both(JsonNode explained, HttpResponse<String> answer) {}

  @ParameterizedTest
  @CsvSource({
    "n, batch, 3, 400",
    "max_tokens, outputTokens, 101, 400",
    "max_tokens, outputTokens, 100, 429",
    "n, batch, 2, 429"
  })
  void explain_bounds_isWhatTheGatewayThenAnswers(
      String field, String parameter, String amount, int status) {
    KeyIssuer.Issued key = stack.issue(user(), Optional.of("bounded"));
    assertThat(stack.chat(key.text().reveal(), body("small")).statusCode()).isEqualTo(200);

    JsonNode asked = explain(key, "small", "&" + parameter + "=" + amount);
    HttpResponse<String> answer =
        stack.chat(key.text().reveal(), body("small", ",\"" + field + "\":" + amount));

    assertThat(answer.statusCode()).isEqualTo(status);
    agree(asked, answer);
  }

  @Test
  void refusedRequest_isFoundByItsId_atEveryReplicaAndOnTheCommandLineAndInTheLog()
      throws IOException {
    KeyIssuer.Issued key = stack.issue(user(), Optional.of("none"));
    String id = "case/" + user();
    HttpResponse<String> answer =
        stack.chat(key.text().reveal(), body("small"), "x-request-id", id);
    assertThat(answer.statusCode()).isEqualTo(429);
    String message = json(answer.body()).at("/error/message").asText();
    String elsewhere = stack.replica().debug();
    CommandLines sluice = new CommandLines(stack.configurationFile());

    for (String debug : List.of(stack.doors().debug(), elsewhere)) {
      JsonNode found = found(debug, id);
      assertThat(found).hasSize(1);
      JsonNode refusal = found.get(0);
      assertThat(refusal.at("/decision").asText()).isEqualTo("rate_limit_exceeded");
      assertThat(refusal.at("/status").asInt()).isEqualTo(429);
      assertThat(refusal.at("/key").asText()).isEqualTo(key.record().id());
      assertThat(refusal.at("/limit/scope").asText()).isEqualTo("user");
      assertThat(refusal.at("/limit/limit").asInt()).isZero();
      assertThat(refusal.at("/message").asText()).isEqualTo(message);
    }
    assertThat(sluice.ok("explain", "--request", id, "--format", "json").lines())
        .singleElement()
        .satisfies(line -> assertThat(json(line)).isEqualTo(found(elsewhere, id).get(0)));
    assertThat(sluice.ok("explain", "--request", id).lines())
        .contains("decision      rate_limit_exceeded", "message       " + message)
        .anyMatch(line -> line.startsWith("limit         0 requests per minute for user "));
    await()
        .until(
            () ->
                Files.readAllLines(folder.resolve("decisions.jsonl")).stream()
                    .anyMatch(line -> json(line).equals(found(elsewhere, id).get(0))));
    assertThat(Files.readString(folder.resolve("decisions.jsonl")))
        .doesNotContain(key.text().reveal());
  }

  @Test
  void refusalOfARevokedKey_saysWhoseItWas() {
    KeyIssuer.Issued key = stack.issue(user(), Optional.of("web"));
    stack.replace(key.record().revoke());
    String id = user();

    stack.chat(key.text().reveal(), body("small"), "x-request-id", id);

    assertThat(found(stack.doors().debug(), id).get(0).at("/key").asText())
        .isEqualTo(key.record().id());
  }

  @Test
  void refusalAtADoorForEdges_isFoundToo() {
    KeyIssuer.Issued key = stack.issue(user(), Optional.of("web"));
    stack.replace(key.record().revoke());
    String id = user();

    stack.send(
        HttpRequest.newBuilder(URI.create(stack.doors().http() + "/auth"))
            .header("authorization", "Bearer " + key.text().reveal())
            .header("x-request-id", id)
            .header("x-original-uri", "/v1/chat/completions")
            .build());

    JsonNode refusal = found(stack.doors().debug(), id).get(0);
    assertThat(refusal.at("/door").asText()).isEqualTo("auth");
    assertThat(refusal.at("/decision").asText()).isEqualTo("revoked_key");
    assertThat(refusal.at("/key").asText()).isEqualTo(key.record().id());
  }

  @Test
  void refusalOfARequestThatNoLimitCounts_isFoundToo() {
    String id = user();
    stack.send(stack.request("/v1/models", "sluice_acme_oops", "x-request-id", id).GET().build());

    JsonNode refusal = found(stack.doors().debug(), id).get(0);

    assertThat(refusal.at("/decision").asText()).isEqualTo("invalid_key");
    assertThat(refusal.has("key")).isFalse();
    assertThat(refusal.toString()).doesNotContain("sluice_acme_oops");
  }

  @Test
  void requestThatWasNotRefused_isNotFound() {
    CommandLines.Ran ran =
        new CommandLines(stack.configurationFile()).run("explain", "--request", "never-was");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.said()).contains("no refusal of this request is kept");
    assertThat(debug("/explain?request=never-was").statusCode()).isEqualTo(404);
  }

  @Test
  void explain_anyQuestion_changesNothingInRedis() {
    String user = user();
    KeyIssuer.Issued key = stack.issue(user, Optional.of("web"));
    stack.change(
        RecordKind.USER, user, one -> one.withLimits(limits("5/1m", "running=3", "9/1d:small")));
    // A batch of refusals is written after the one before: so now those of other tests are there.
    for (String last : List.of(user(), user())) {
      stack.chat("nobody", body("small"), "x-request-id", last);
      found(stack.doors().debug(), last);
    }
    Map<String, String> before = everything();

    for (String at :
        List.of("", "&at=" + Instant.now().plusSeconds(3600), "&at=2020-01-01T00:00:00Z")) {
      assertThat(explain(key, "small", at).at("/decision").asText()).isEqualTo("admitted");
      assertThat(explain(key, "nope", at).at("/decision").asText()).isEqualTo("model_not_found");
    }
    new CommandLines(stack.configurationFile())
        .ok(
            "explain",
            "--organization",
            ORGANIZATION,
            "--key",
            key.record().id(),
            "--model",
            "small");

    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void explain_keyThatIsRefused_showsWhatTheOtherRulesSay() {
    String user = user();
    KeyIssuer.Issued key = stack.issue(user, Optional.of("bounded"));
    stack.change(RecordKind.USER, user, one -> one.withLimits(limits("5/1m")));
    stack.replace(key.record().revoke());

    JsonNode asked = explain(key, "small", "");

    assertThat(asked.at("/decision").asText()).isEqualTo("revoked_key");
    assertThat(asked.at("/steps"))
        .extracting(step -> step.at("/step").asText() + " " + step.at("/verdict").asText())
        .containsExactly(
            "key refuses",
            "networks passes",
            "permission passes",
            "tier passes",
            "model passes",
            "keyModels passes",
            "bounds passes",
            "limits passes",
            "queue passes");
    assertThat(asked.at("/steps/7/limits"))
        .extracting(limit -> limit.at("/from").asText() + " " + limit.at("/limit").asText())
        .containsExactly("tier 1", "user 5");
    assertThat(asked.at("/steps/8/deployments")).hasToString("[\"one\"]");
    assertThat(asked.at("/steps/8/waiting").asInt()).isZero();
  }

  @Test
  void explain_atALaterTime_isAsItWillBeThen() {
    KeyIssuer.Issued key = stack.issue(user(), Optional.of("minute"));
    Instant end = Instant.parse("2090-01-01T00:00:00Z");
    stack.replace(key.record().under(key.record().terms().withExpiry(Optional.of(end))));
    stack.chat(key.text().reveal(), body("small"));
    stack.chat(key.text().reveal(), body("small"));

    assertThat(explain(key, "small", "").at("/decision").asText()).isEqualTo("rate_limit_exceeded");
    String later = "&at=" + Instant.now().plusSeconds(600);
    assertThat(explain(key, "small", later).at("/decision").asText()).isEqualTo("admitted");
    assertThat(explain(key, "small", "&at=" + end).at("/decision").asText())
        .isEqualTo("expired_key");
    JsonNode past = explain(key, "small", "&at=2020-01-01T00:00:00Z");
    assertThat(past.at("/decision").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(past.at("/at").asText()).isEqualTo("2020-01-01T00:00:00Z");
    assertThat(Instant.parse(past.at("/limitsAt").asText())).isAfter("2026-01-01T00:00:00Z");
  }

  @Test
  void explain_keyBoundToNetworksWithoutAnAddress_saysThatItDepends() {
    KeyIssuer.Issued key = stack.issue(user(), Optional.of("web"));

    JsonNode asked =
        SameAnswersIT.given(
            stack, Presented.FROM_OTHER_NETWORK, key, () -> explain(key, "small", ""));

    assertThat(asked.at("/decision").asText()).isEqualTo("admitted");
    assertThat(asked.at("/steps/1/verdict").asText()).isEqualTo("unknown");
  }

  @Test
  void commandLine_explain_showsEachRuleAndTheWordsOfTheClient() {
    String user = user();
    KeyIssuer.Issued key = stack.issue(user, Optional.of("none"));

    List<String> lines =
        new CommandLines(stack.configurationFile())
            .ok(
                "explain",
                "--organization",
                ORGANIZATION,
                "--key",
                key.record().id(),
                "--model",
                "small")
            .lines();

    assertThat(lines)
        .contains("decision  rate_limit_exceeded, 429")
        .anyMatch(
            line -> line.startsWith("client    Rate limit reached for user `" + user + "` on"))
        .anyMatch(line -> line.matches("tier +passes +none, given to the user " + user))
        .anyMatch(line -> line.matches("limits +refuses +1, 1 of them of the tier"))
        .anyMatch(
            line ->
                line.matches(
                    " +refuses: 0 requests per minute for user .* on small: used 0, 0 left.*"))
        .anyMatch(line -> line.matches("queue +unknown +label web, 0 may wait; served by one.*"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "organization=acme&key=KEY                     | model: expected the name of a model",
        "key=KEY&model=small                           | organization: expected the id",
        "organization=acme&model=small                 | key: expected the id",
        "organization=acme&key=SECRET&model=small      | key: expected its id",
        "organization=acme&key=KEY&model=m&at=soon     | at: expected a time such as 2026-12-01",
        "organization=acme&key=KEY&model=m&at=2100-01-01T00:00:00Z | at: expected a time such as",
        "organization=acme&key=KEY&model=m&from=home   | from: expected an address such as",
        "organization=acme&key=KEY&model=m&batch=0     | batch: expected a whole number",
        "organization=acme&key=KEY&model=m&endsIn=zzzz | endsIn: expected ",
        "organization=%7B&key=KEY&model=m              | the id of an organization is 1 to 40",
        "organization=acme&key=KEY&model=m&colour=red  | expected request, or organization, key",
      })
  void explain_badQuestion_isToldWhatWasExpected(String query, String message) {
    KeyIssuer.Issued key = stack.issue(user(), Optional.of("web"));
    String secret = key.text().reveal();

    HttpResponse<String> answer =
        debug("/explain?" + query.replace("KEY", key.record().id()).replace("SECRET", secret));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(json(answer.body()).at("/error").asText()).contains(message);
    assertThat(answer.body()).doesNotContain(secret);
  }

  @Test
  void explain_keyThatIsNotThere_isNotFound() {
    String path = "/explain?organization=acme&key=key-0000000000000000&model=small";

    assertThat(debug(path).statusCode()).isEqualTo(404);
  }

  @Test
  void explain_anyKey_showsNothingSecret() {
    KeyIssuer.Issued key = stack.issue(user(), Optional.of("web"));

    String shown = explain(key, "small", "").toString();

    assertThat(shown)
        .doesNotContain(key.text().reveal(), key.text().hash())
        .contains(key.record().id());
  }

  /** The same decision, status, code and words; of times, that one is said. */
  private static void agree(JsonNode explained, HttpResponse<String> answer) {
    if (answer.statusCode() == 200) {
      assertThat(explained.at("/decision").asText()).as("%s", explained).isEqualTo("admitted");
      return;
    }
    assertThat(explained.at("/status").asInt()).as("%s", explained).isEqualTo(answer.statusCode());
    JsonNode error = json(answer.body()).at("/error");
    assertThat(explained.at("/code")).isEqualTo(error.at("/code"));
    assertThat(masked(explained.at("/message"))).isEqualTo(masked(error.at("/message")));
  }

  private static String masked(JsonNode message) {
    return message.asText().replaceAll("Try again in .*?\\)\\.", "<time>");
  }

  private static JsonNode explain(KeyIssuer.Issued key, String model, String more) {
    HttpResponse<String> answer =
        debug(
            "/explain?organization=%s&key=%s&model=%s%s"
                .formatted(ORGANIZATION, key.record().id(), model, more));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return json(answer.body());
  }

  /** The refusals of a request, as soon as they are kept. */
  private static JsonNode found(String debug, String requestId) {
    String url = debug + "/explain?request=" + URLEncoder.encode(requestId, StandardCharsets.UTF_8);
    return await()
        .until(
            () -> stack.send(HttpRequest.newBuilder(URI.create(url)).build()),
            answer -> answer.statusCode() == 200)
        .body()
        .transform(ExplainIT::json)
        .at("/refusals");
  }

  private static HttpResponse<String> debug(String path) {
    return stack.send(HttpRequest.newBuilder(URI.create(stack.doors().debug() + path)).build());
  }

  private static Map<String, String> everything() {
    Map<String, String> all = new HashMap<>();
    redis.keys("*").stream()
        // Replicas say every few seconds that they are there.
        .filter(key -> !key.equals("sluice:replicas"))
        .forEach(key -> all.put(key, HexFormat.of().formatHex(redis.dump(key))));
    return all;
  }

  private static OwnLimits limits(String... texts) {
    return new OwnLimits(Stream.of(texts).map(LimitText::parse).toList());
  }

  private static String user() {
    return "user-" + new SecureRandom().nextInt(1_000_000_000);
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
