package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import dev.sluice.testing.Stack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiers and limits in shadow at the gateway: nothing is refused, and it is said what would be. */
final class ShadowIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - {models: [m], qos: web, rates: {allowedRequests: 1000, periodSeconds: 60}}
        tight:
        - {models: [m], qos: web, maxOutputTokens: 50, rates: {allowedRequests: 1, periodSeconds: 3600}}
      bundles:
        bundleDeploymentSpecs:
        - {name: one, groups: [{name: default, minReplicas: 1, qosList: [web]}]}
      """;

  @TempDir private static Path folder;
  private static Stack stack;

  @BeforeAll
  static void start() {
    stack =
        new Stack(
            folder,
            SAMBASTACK,
            "shadowTiers: [tight]",
            List.of(SimulatedBackendOptions.of("one", List.of("m"))));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void tierInShadow_refusesNothing_andTellsAdministratorsWhatItWouldHave() throws Exception {
    String key = administrator("tier", "tight");

    HttpResponse<String> first = ask(key, 5);
    HttpResponse<String> second = ask(key, 5);
    HttpResponse<String> bounded = ask(key, 51);

    assertThat(List.of(first.statusCode(), second.statusCode(), bounded.statusCode()))
        .containsOnly(200);
    assertThat(wouldRefuse(first)).isEmpty();
    assertThat(wouldRefuse(second).orElseThrow())
        .startsWith(
            "rate_limit_exceeded; user `tier` on `m`: limit 1 request per hour, used 1, room again"
                + " in ");
    assertThat(wouldRefuse(bounded))
        .contains(
            "output_tokens_exceeded; 'max_tokens': tier `tight` allows at most 50 output tokens on"
                + " `m`, got 51.");
    assertThat(second.headers().map().keySet())
        .noneMatch(name -> name.startsWith("x-ratelimit") || name.equals("retry-after"));
    JsonNode limit = limits(key).get(0);
    assertThat(limit.at("/used").asInt()).isEqualTo(1);
    assertThat(limit.at("/shadow").asBoolean()).isTrue();
    HttpResponse<String> inForce =
        stack.send(HttpRequest.newBuilder(URI.create(stack.doors().debug() + "/config")).build());
    JsonNode block = new ObjectMapper().readTree(inForce.body()).at("/serviceTiers/tight/0");
    assertThat(block.at("/rates/0/shadow").asBoolean()).isTrue();
    assertThat(block.at("/boundsInShadow").asBoolean()).isTrue();
    await()
        .untilAsserted(
            () ->
                assertThat(stack.metrics())
                    .contains(counted("tight", "rate_limit_exceeded", 1))
                    .contains(counted("tight", "output_tokens_exceeded", 1)));
  }

  @Test
  void ownLimitInShadow_besideTheOneInForce_isCountedAsIfItWereEnforced() throws Exception {
    KeyIssuer.Issued issued = stack.issue("own", Optional.of("web"));
    String key = issued.text().reveal();
    limit(issued, "100/1h", "shadow:2/1h", "shadow:running=0");

    HttpResponse<String> none = ask(key, 5);
    limit(issued, "100/1h", "shadow:2/1h");
    ask(key, 5);
    ask(key, 5);
    HttpResponse<String> fourth = ask(key, 5);

    assertThat(none.statusCode()).isEqualTo(200);
    assertThat(fourth.statusCode()).isEqualTo(200);
    assertThat(fourth.headers().firstValue("x-ratelimit-limit-requests")).contains("100");
    assertThat(fourth.headers().firstValue("x-ratelimit-remaining-requests")).contains("96");
    // Developers do not learn what is not enforced.
    assertThat(wouldRefuse(fourth)).isEmpty();
    assertThat(limits(key)).extracting(one -> one.at("/used").asInt()).startsWith(4, 2);
    await()
        .untilAsserted(
            () ->
                assertThat(stack.metrics())
                    .contains(counted("web", "concurrency_exceeded", 1))
                    .contains(counted("web", "rate_limit_exceeded", 1)));

    limit(issued, "2/1h");
    assertThat(ask(key, 5).statusCode()).isEqualTo(429);
  }

  private static String counted(String tier, String reason, int times) {
    return "sluice_would_refuse_total{door=\"gateway\",tier=\"%s\",model=\"m\",reason=\"%s\",} %d.0"
        .formatted(tier, reason, times);
  }

  private static String administrator(String user, String tier) {
    String key = stack.key(user, tier);
    stack.change(RecordKind.USER, user, one -> one.withRole(Role.ORGANIZATION_ADMIN));
    return key;
  }

  private static void limit(KeyIssuer.Issued issued, String... texts) {
    OwnLimits limits = new OwnLimits(Stream.of(texts).map(LimitText::parse).toList());
    stack.change(
        RecordKind.KEY, issued.record().id(), one -> one.under(one.terms().withLimits(limits)));
  }

  private static HttpResponse<String> ask(String key, int maxTokens) {
    return stack.chat(key, body("m", ",\"max_tokens\":" + maxTokens));
  }

  private static Optional<String> wouldRefuse(HttpResponse<String> answer) {
    return answer.headers().firstValue("x-sluice-would-refuse");
  }

  private static JsonNode limits(String key) throws Exception {
    return new ObjectMapper().readTree(stack.get("/v1/key", key).body()).at("/limits");
  }
}
