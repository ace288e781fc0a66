package dev.sluice.gateway;

import static dev.sluice.testing.Stack.ORGANIZATION;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits of organizations, projects, users and keys at the gateway. */
class OwnLimitsIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - models: [small, large]
          queueDepth: 50
          qos: web
          rates: {allowedRequests: 1000, periodSeconds: 60}
      bundles:
        bundleDeploymentSpecs:
        - name: one
          groups: [{name: default, minReplicas: 1, qosList: [web]}]
      """;

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

  @AfterEach
  void clear() {
    stack.change(RecordKind.ORGANIZATION, ORGANIZATION, one -> one.withLimits(OwnLimits.NONE));
    stack.change(RecordKind.PROJECT, "default", one -> one.withLimits(OwnLimits.NONE));
  }

  @ParameterizedTest
  @CsvSource({
    "organization, 2/50m, per 50 minutes",
    "project, 2/50m, per 50 minutes",
    "user, 2/30s, per 30 seconds",
    "key, 2/1h:small, per hour",
  })
  void rateOfItsOwn_usedUp_isA429ThatNamesWhoseItIs(String whose, String limit, String period) {
    KeyIssuer.Issued issued = stack.issue("rate-" + whose, Optional.of("web"));
    String key = issued.text().reveal();
    ask(key, "small"); // known to the gateway before it has limits
    String id = limit(whose, issued, limit);

    assertThat(ask(key, "small").statusCode()).isEqualTo(200);
    HttpResponse<String> second = ask(key, "small");
    HttpResponse<String> third = ask(key, "small");

    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.headers().firstValue("x-ratelimit-limit-requests")).contains("2");
    assertThat(second.headers().firstValue("x-ratelimit-remaining-requests")).contains("0");
    assertThat(third.statusCode()).isEqualTo(429);
    String on = limit.endsWith(":small") ? " on `small`" : "";
    assertThat(message(third))
        .startsWith(
            "Rate limit reached for %s `%s`%s: limit 2 requests %s, used 2, requested 1. Try again in"
                .formatted(whose, id, on, period));
    assertThat(json(third).at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(ask(key, "large").statusCode()).isEqualTo(on.isEmpty() ? 429 : 200);
    // What was refused was counted nowhere, the tier's windows included.
    assertThat(used(key, "tier")).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"organization", "project", "user", "key"})
  void running_asManyAsMay_isA429UntilOneEnds(String whose) {
    KeyIssuer.Issued issued = stack.issue("running-" + whose, Optional.of("web"));
    String key = issued.text().reveal();
    String id = limit(whose, issued, "running=1");
    try (RawClient running = new RawClient(stack.doors().gateway())) {
      running.chat(key, body("small"), "x-simulate: ttft=300s");
      await().until(() -> used(key, whose) == 1);

      HttpResponse<String> refused = ask(key, "small");

      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(message(refused))
          .isEqualTo(
              "Concurrency limit reached for %s `%s`: limit 1 request at once, running 1,"
                      .formatted(whose, id)
                  + " requested 1. Try again when one of them has ended.");
      assertThat(json(refused).at("/error/type").asText()).isEqualTo("requests");
      assertThat(json(refused).at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
      assertThat(refused.headers().firstValue("retry-after").orElse("")).matches("[12]");
      assertThat(refused.headers().firstValue("x-ratelimit-limit-requests")).contains("1");
      assertThat(refused.headers().firstValue("x-ratelimit-remaining-requests")).contains("0");
      assertThat(stack.metrics()).contains("reason=\"concurrency_exceeded\"");
      assertThat(used(key, "tier")).isEqualTo(1);
    }
    // Its client has left.
    await().until(() -> ask(key, "small").statusCode() == 200);
    await().until(() -> used(key, whose) == 0);
  }

  @Test
  void running_isFreedByEveryEndOfARequest() {
    KeyIssuer.Issued issued = stack.issue("ends", Optional.of("web"));
    String key = issued.text().reveal();
    limit("key", issued, "running=1");
    for (String simulate : List.of("status=500", "drop", "ttft=1ms")) {
      stack.chat(key, body("small"), "x-simulate", simulate);
      await().until(() -> used(key, "key") == 0);
    }
    stack.chat(key, "no JSON");
    stack.chat(key, body("unknown"));
    assertThat(used(key, "key")).isZero();
  }

  @Test
  void limit_changed_holdsForTheNextRequest() {
    KeyIssuer.Issued issued = stack.issue("changed", Optional.of("web"));
    String key = issued.text().reveal();
    ask(key, "small");

    limit("key", issued, "0/1m");
    assertThat(ask(key, "small").statusCode()).isEqualTo(429);
    limit("key", issued, "5/1h");
    assertThat(ask(key, "small").headers().firstValue("x-ratelimit-limit-requests")).contains("5");
    stack.change(
        RecordKind.KEY,
        issued.record().id(),
        one -> one.under(one.terms().withLimits(OwnLimits.NONE)));
    assertThat(ask(key, "small").headers().firstValue("x-ratelimit-limit-requests"))
        .contains("1000");
  }

  @Test
  void manyLimitsAtOnce_allHold() {
    KeyIssuer.Issued issued = stack.issue("many", Optional.of("web"));
    String key = issued.text().reveal();
    String[] twenty =
        Stream.iterate(1, i -> i + 1)
            .limit(20)
            .map(i -> 99 + i + "/" + i + "h")
            .toArray(String[]::new);
    for (String whose : List.of("organization", "project", "user", "key")) {
      limit(whose, issued, twenty);
    }

    HttpResponse<String> answer = ask(key, "small");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("x-ratelimit-limit-requests")).contains("100");
    assertThat(answer.headers().firstValue("x-ratelimit-remaining-requests")).contains("99");
    JsonNode limits = json(stack.get("/v1/key?model=small", key)).at("/limits");
    assertThat(limits).hasSize(81).allMatch(one -> one.at("/used").asInt() == 1);
  }

  private static String limit(String whose, KeyIssuer.Issued issued, String... texts) {
    OwnLimits limits = new OwnLimits(Stream.of(texts).map(LimitText::parse).toList());
    switch (whose) {
      case "organization" -> {
        stack.change(RecordKind.ORGANIZATION, ORGANIZATION, one -> one.withLimits(limits));
        return ORGANIZATION;
      }
      case "project" -> {
        stack.change(RecordKind.PROJECT, "default", one -> one.withLimits(limits));
        return "default";
      }
      case "user" -> {
        stack.change(RecordKind.USER, issued.record().user(), one -> one.withLimits(limits));
        return issued.record().user();
      }
      default -> {
        stack.change(
            RecordKind.KEY, issued.record().id(), one -> one.under(one.terms().withLimits(limits)));
        return issued.record().id();
      }
    }
  }

  private static HttpResponse<String> ask(String key, String model) {
    return stack.chat(key, body(model, ",\"max_tokens\":1"));
  }

  /** What of the first limit from somewhere is in use, by the word of GET /v1/key. */
  private static int used(String key, String from) {
    HttpResponse<String> answer = stack.get("/v1/key?model=small", key);
    for (JsonNode limit : json(answer).at("/limits")) {
      if (limit.at("/from").asText().equals(from)) {
        return limit.at("/used").asInt();
      }
    }
    throw new IllegalStateException(answer.body());
  }

  private static String message(HttpResponse<String> answer) {
    return json(answer).at("/error/message").asText();
  }

  private static JsonNode json(HttpResponse<String> answer) {
    try {
      return new ObjectMapper().readTree(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
