package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.Stack;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tiers say, from the file to the answer. */
final class TiersIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - models: [a, b]
          qos: web
          rates: {allowedRequests: 2, periodSeconds: 3600}
        - models: [c]
          qos: web
          rates: {allowedRequests: 2, periodSeconds: 3600}
        block: {inherits: web, overrides: {scope: block}}
        tier: {inherits: web, overrides: {scope: tier}}
        bounded:
          inherits: web
          overrides: {rates: [], maxBatchSize: 3, maxOutputTokens: 50}
      ---
      apiVersion: sambanova.ai/v1alpha1
      kind: BundleDeployment
      metadata: {name: one}
      spec: {bundle: b-one, groups: [{name: default, minReplicas: 1, qosList: [web, free]}]}
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
            List.of(SimulatedBackendOptions.of("one", List.of("a", "b", "c", "d"))));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  /** Two requests are allowed over what is counted together. */
  @ParameterizedTest
  @CsvSource({
    "web,   a a b b c c, 200 200 200 200 200 200",
    "web,   a a a,       200 200 429",
    "block, a b a b c c, 200 200 429 429 200 200",
    "tier,  a c b c,     200 200 429 429",
  })
  void rates_areCountedOverModelBlockOrTier(String tier, String models, String statuses) {
    String key = stack.key("user-" + tier + models.length(), tier);

    List<String> answered =
        List.of(models.split(" ", -1)).stream()
            .map(model -> Integer.toString(stack.chat(key, body(model)).statusCode()))
            .toList();

    assertThat(String.join(" ", answered)).isEqualTo(statuses);
  }

  @ParameterizedTest
  @CsvSource({
    "',\"n\":3,\"max_tokens\":50', 200, ''",
    "',\"n\":4', 400, batch_size_exceeded",
    "',\"max_completion_tokens\":51', 400, output_tokens_exceeded",
    "',\"n\":2.5', 400, invalid_type",
  })
  void bounds_ofTheTier_areHeld(String more, int status, String code) {
    HttpResponse<String> answer = stack.chat(stack.key("bob", "bounded"), body("a", more));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.body()).contains(code);
  }

  @Test
  void freeThatNoFileHas_isBuiltInForTheModelThatNoTierLists() {
    String key = stack.issue("eve", Optional.empty()).text().reveal();

    assertThat(stack.chat(key, body("d")).headers().firstValue("x-ratelimit-limit-requests"))
        .contains("20");
    assertThat(stack.chat(key, body("a")).statusCode()).isEqualTo(404);
  }
}
