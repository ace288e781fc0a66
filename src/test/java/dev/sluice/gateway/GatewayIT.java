package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.sluice.account.KeyIssuer;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.demo.SimulatedRequest;
import dev.sluice.testing.Stack;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as the official SDK and plain HTTP clients see it. */
class GatewayIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        free:
        - {models: [small], queueDepth: 5, qos: free, rates: {allowedRequests: 3, periodSeconds: 3600}}
        web:
        - models: [small, large]
          queueDepth: 5
          qos: web
          rates:
          - {allowedRequests: 1000, periodSeconds: 60}
          - {allowedRequests: 20000, periodSeconds: 86400}
        legal:
        - {models: [secret], queueDepth: 5, qos: web}
        deprecated:
        - {models: [old]}
        maintenance:
        - {models: [broken]}
        restricted:
        - {models: [secret]}
      bundles:
        bundleDeploymentSpecs:
        - name: one
          groups: [{name: default, minReplicas: 1, qosList: [web, free]}]
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
            List.of(SimulatedBackendOptions.of("one", List.of("small", "large", "secret"))));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @BeforeEach
  void forget() {
    stack.backend(0).clearRecords();
  }

  @Test
  void anAllowedCallIsAnsweredByTheBackend() {
    ChatCompletion completion = ask(stack.key("allowed", "web"), "small");
    assertThat(completion.model()).isEqualTo("small");
    assertThat(completion.choices().get(0).message().content().orElse("")).isNotBlank();
    SimulatedRequest generated = generated();
    assertThat(completion.usage().orElseThrow().completionTokens())
        .isEqualTo(generated.completionTokens());
  }

  @Test
  void aStreamedCallArrivesWhole() {
    OpenAIClient client = stack.openAi(stack.key("streaming", "web"));
    String text;
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(params("small"))) {
      text =
          chunks.stream()
              .flatMap(chunk -> chunk.choices().stream())
              .flatMap(choice -> choice.delta().content().stream())
              .collect(Collectors.joining());
    }
    assertThat(text.strip().split("\\s+")).hasSize(generated().completionTokens());
  }

  @Test
  void noKeyIs401AndSaysWhatToDo() {
    HttpResponse<String> answer = stack.chat("", body("small"));
    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.body())
        .contains("You didn't provide an API key", "\"code\":\"invalid_api_key\"")
        .contains("\"request_id\":\"" + answer.headers().firstValue("x-request-id").orElseThrow());
  }

  @Test
  void aWrongKeyIs401AndItsLastFourCharactersAreShown() {
    assertThatThrownBy(() -> ask("sluice_acme_wrong", "small"))
        .isInstanceOfSatisfying(
            UnauthorizedException.class,
            refused -> {
              assertThat(refused.code()).contains("invalid_api_key");
              assertThat(refused.getMessage()).contains("*****rong").doesNotContain("sluice_acme");
            });
  }

  @Test
  void aKeyThatWasNeverIssuedIs401() {
    String forged = dev.sluice.account.KeyText.generate("nobody", new java.util.Random(1)).reveal();
    assertThatThrownBy(() -> ask(forged, "small")).isInstanceOf(UnauthorizedException.class);
  }

  @Test
  void aRevokedKeyIsRefusedByTheNextDecision() {
    KeyIssuer.Issued issued = stack.issue("leaver", Optional.of("web"));
    ask(issued.text().reveal(), "small");
    stack.replace(issued.record().revoke());
    assertThatThrownBy(() -> ask(issued.text().reveal(), "small"))
        .isInstanceOf(UnauthorizedException.class)
        .hasMessageContaining("revoked");
  }

  @Test
  void aModelOfAnotherTierIs404() {
    assertThatThrownBy(() -> ask(stack.key("curious", "free"), "large"))
        .isInstanceOfSatisfying(
            NotFoundException.class,
            refused -> {
              assertThat(refused.code()).contains("model_not_found");
              assertThat(refused.param()).contains("model");
              assertThat(refused.getMessage())
                  .contains("The model `large` does not exist or you do not have access to it.");
            });
  }

  @Test
  void aDeprecatedModelIs410() {
    assertThatThrownBy(() -> ask(stack.key("nostalgic", "web"), "old"))
        .isInstanceOfSatisfying(
            OpenAIServiceException.class,
            refused -> {
              assertThat(refused.statusCode()).isEqualTo(410);
              assertThat(refused.code()).contains("model_deprecated");
            });
  }

  @Test
  void aModelUnderMaintenanceIs503AndNotToBeRetried() {
    HttpResponse<String> answer = stack.chat(stack.key("patient", "web"), body("broken"));
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("\"code\":\"model_maintenance\"");
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
  }

  @Test
  void aRestrictedModelIs403UnlessATierThatListsItWasGiven() {
    assertThatThrownBy(() -> ask(stack.key("intern", "web"), "secret"))
        .isInstanceOfSatisfying(
            PermissionDeniedException.class,
            refused -> assertThat(refused.code()).contains("model_restricted"));
    assertThat(ask(stack.key("lawyer", "legal"), "secret").model()).isEqualTo("secret");
  }

  @Test
  void whoeverWasGivenNoTierIsInFree() {
    String key = stack.issue("newcomer", Optional.empty()).text().reveal();
    assertThat(stack.get("/v1/models", key).body()).contains("small").doesNotContain("large");
  }

  @Test
  void overTheRateIs429WithLimitUsedAndReset() {
    String key = stack.key("eager", "free");
    for (int i = 0; i < 3; i++) {
      ask(key, "small");
    }
    assertThatThrownBy(() -> ask(key, "small"))
        .isInstanceOfSatisfying(
            RateLimitException.class,
            refused -> {
              assertThat(refused.code()).contains("rate_limit_exceeded");
              assertThat(refused.type()).contains("requests");
              assertThat(refused.getMessage())
                  .contains("limit 3 requests per hour, used 3, requested 1");
            });
    HttpResponse<String> answer = stack.chat(key, body("small"));
    assertThat(answer.headers().firstValue("x-ratelimit-remaining-requests")).contains("0");
    // An hour is longer than any SDK should sleep.
    assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
    assertThat(answer.headers().firstValue("retry-after")).isEmpty();
    assertThat(stack.backend(0).records()).hasSize(3);
  }

  @Test
  void eachAnswerTellsTheTightestLimitAndTheOneOfTheDay() {
    String key = stack.key("observant", "web");
    ask(key, "small");
    HttpResponse<String> answer = stack.chat(key, body("small"));
    assertThat(answer.headers().firstValue("x-ratelimit-limit-requests")).contains("1000");
    assertThat(answer.headers().firstValue("x-ratelimit-remaining-requests")).contains("998");
    assertThat(answer.headers().firstValue("x-ratelimit-reset-requests").orElseThrow())
        .matches("(1m0|[56]\\d)(\\.\\d+)?s");
    assertThat(answer.headers().firstValue("x-ratelimit-remaining-requests-day")).contains("19998");
  }

  @Test
  void modelsAreCountedApart() {
    String key = stack.key("thrifty", "web");
    ask(key, "small");
    HttpResponse<String> other = stack.chat(key, body("large"));
    assertThat(other.headers().firstValue("x-ratelimit-remaining-requests")).contains("999");
  }

  @Test
  void theModelsListIsWhatTheKeyMayCall() {
    OpenAIClient client = stack.openAi(stack.key("lister", "web"));
    assertThat(client.models().list().data().stream().map(model -> model.id()))
        .containsExactly("large", "small");
    assertThat(client.models().retrieve("small").id()).isEqualTo("small");
    assertThatThrownBy(() -> client.models().retrieve("secret"))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void traceAndRequestIdReachTheBackendAndTheKeyDoesNot() {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    HttpResponse<String> answer =
        stack.chat(
            stack.key("traced", "web"),
            body("small"),
            "traceparent",
            trace,
            "x-request-id",
            "mine-1",
            "x-sluice-proof",
            "forged");
    assertThat(answer.headers().firstValue("x-request-id")).contains("mine-1");
    SimulatedRequest seen = generated();
    assertThat(seen.requestId()).contains("mine-1");
    assertThat(seen.traceparent()).contains(trace);
    assertThat(seen.headerNames()).doesNotContain("authorization", "x-sluice-proof");
  }

  @Test
  void aRequestIdThatIsNoneIsReplaced() {
    HttpResponse<String> answer =
        stack.chat(stack.key("sly", "web"), body("small"), "x-request-id", "a b\tc");
    assertThat(answer.headers().firstValue("x-request-id").orElseThrow()).startsWith("req_");
  }

  @Test
  void theMetricsSayWhatWasDecidedWithBoundedLabels() {
    String key = stack.key("measured", "web");
    ask(key, "small");
    stack.chat(key, body("no-such-model-" + System.nanoTime()));
    stack.chat("", body("small"));
    // What there is to tell of the end of an answer may be told when the client has it.
    await()
        .untilAsserted(
            () ->
                assertThat(stack.metrics())
                    .contains(
                        "sluice_decisions_total{door=\"gateway\",tier=\"web\",model=\"small\",reason=\"admitted\",}",
                        "sluice_decisions_total{door=\"gateway\",tier=\"web\",model=\"other\",reason=\"model_not_found\",}",
                        "sluice_decisions_total{door=\"gateway\",tier=\"none\",model=\"none\",reason=\"no_key\",}",
                        "sluice_redis_seconds_count{script=\"admit\",outcome=\"ok\",}",
                        "sluice_upstream_seconds_count{deployment=\"one\",model=\"small\",outcome=\"2xx\",}",
                        "sluice_slots{deployment=\"one\",} 16.0",
                        "sluice_tokens_total{tier=\"web\",model=\"small\",kind=\"completion\",}")
                    .contains("sluice_in_flight{door=\"gateway\",} 0.0")
                    .doesNotContain("no-such-model"));
  }

  private static ChatCompletion ask(String key, String model) {
    return stack.openAi(key).chat().completions().create(params(model));
  }

  private static ChatCompletionCreateParams params(String model) {
    return ChatCompletionCreateParams.builder().model(model).addUserMessage("hello there").build();
  }

  /** The one request that reached the backend. */
  private static SimulatedRequest generated() {
    await().until(() -> stack.backend(0).records().size() == 1);
    return stack.backend(0).records().get(0);
  }
}
