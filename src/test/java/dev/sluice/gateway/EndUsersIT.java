package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.RecordKind;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.Stack;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of each end user of a key, at the gateway. */
final class EndUsersIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - {models: [m], qos: web, rates: {allowedRequests: 1000, periodSeconds: 60}}
      bundles:
        bundleDeploymentSpecs:
        - {name: one, groups: [{name: default, minReplicas: 1, qosList: [web]}]}
      """;

  @TempDir private static Path folder;
  private static Stack stack;

  @BeforeAll
  static void start() {
    stack =
        new Stack(folder, SAMBASTACK, "", List.of(SimulatedBackendOptions.of("one", List.of("m"))));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void rate_usedUpByOneEndUser_refusesOnlyThatOne_andDoesNotSayWho() throws Exception {
    KeyIssuer.Issued issued = issue("rate", "1/1h@end-user");
    String key = issued.text().reveal();

    assertThat(ask(key, ",\"user\":\"ada@example.org\"").statusCode()).isEqualTo(200);
    HttpResponse<String> second = ask(key, ",\"safety_identifier\":\"ada@example.org\"");

    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(message(second))
        .startsWith(
            "Rate limit reached for end user of key `%s`: limit 1 request per hour, used 1,"
                .formatted(issued.record().id()));
    assertThat(second.body()).doesNotContain("ada");
    assertThat(second.headers().firstValue("x-ratelimit-remaining-requests")).contains("0");
    assertThat(ask(key, ",\"user\":\"bob@example.org\"").statusCode()).isEqualTo(200);
    assertThat(used(key, "?user=ada@example.org")).isEqualTo(1);
    assertThat(used(key, "?user=eve@example.org")).isZero();
  }

  @Test
  void requestsThatNameNobody_countTogether() throws Exception {
    String key = issue("nobody", "2/1h@end-user").text().reveal();

    assertThat(ask(key, "").statusCode()).isEqualTo(200);
    assertThat(ask(key, ",\"user\":null").statusCode()).isEqualTo(200);
    assertThat(ask(key, ",\"user\":\"\"").statusCode()).isEqualTo(429);
    assertThat(ask(key, ",\"prompt_cache_key\":\"ada\"").statusCode()).isEqualTo(429);
    assertThat(used(key, "")).isEqualTo(2);
  }

  @Test
  void concurrency_ofOneEndUser_isFreedWhenItsRequestEnds() throws Exception {
    String key = issue("running", "running=1@end-user:m").text().reveal();
    String ada = ",\"user\":\"ada\"";
    try (RawClient running = new RawClient(stack.doors().gateway())) {
      running.chat(key, body("m", ada), "x-simulate: ttft=300s");
      await().until(() -> used(key, "?user=ada") == 1);

      assertThat(ask(key, ada).statusCode()).isEqualTo(429);
      assertThat(ask(key, ",\"user\":\"bob\"").statusCode()).isEqualTo(200);
    }
    await().until(() -> used(key, "?user=ada") == 0);
  }

  @Test
  void endUserThatIsNoShortText_isA400AndChargedNothing() throws Exception {
    String key = issue("bad", "5/1h@end-user").text().reveal();

    assertThat(ask(key, ",\"user\":7").statusCode()).isEqualTo(400);
    assertThat(ask(key, ",\"user\":\"" + "u".repeat(513) + "\"").statusCode()).isEqualTo(400);
    assertThat(used(key, "")).isZero();
  }

  @Test
  void keyInfo_tellsWhatCountsEachEndUser_andHowManyThereAre() throws Exception {
    String key = issue("info", "5/1h@end-user").text().reveal();
    ask(key, ",\"user\":\"ada\"");
    ask(key, ",\"user\":\"bob\"");

    JsonNode limits = limits(key, "?user=ada");

    assertThat(limits.get(0).at("/per").asText()).isEqualTo("end_user");
    assertThat(limits.get(0).at("/used").asInt()).isEqualTo(1);
    assertThat(limits.get(1).at("/type").asText()).isEqualTo("end_users");
    assertThat(limits.get(1).at("/used").asInt()).isEqualTo(2);
    assertThat(limits.get(1).at("/limit").asInt()).isEqualTo(100_000);
    assertThat(limits.get(2).at("/from").asText()).isEqualTo("tier");
    assertThat(limits.get(2).at("/per").isNull()).isTrue();
  }

  private static KeyIssuer.Issued issue(String user, String limit) {
    KeyIssuer.Issued issued = stack.issue(user, Optional.of("web"));
    stack.change(
        RecordKind.KEY,
        issued.record().id(),
        one -> one.under(one.terms().withLimits(OwnLimits.of(LimitText.parse(limit)))));
    return issued;
  }

  private static HttpResponse<String> ask(String key, String more) {
    return stack.chat(key, body("m", ",\"max_tokens\":1" + more));
  }

  private static int used(String key, String query) throws Exception {
    return limits(key, query).get(0).at("/used").asInt();
  }

  private static JsonNode limits(String key, String query) throws Exception {
    return new ObjectMapper().readTree(stack.get("/v1/key" + query, key).body()).at("/limits");
  }

  private static String message(HttpResponse<String> answer) throws Exception {
    return new ObjectMapper().readTree(answer.body()).at("/error/message").asText();
  }
}
