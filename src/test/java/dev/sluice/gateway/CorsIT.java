package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.Stack;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gateway as pages of other origins see it, through a browser. */
class CorsIT {
  private static final String APP = "https://app.example.com";
  private static final String CHAT = "/v1/chat/completions";

  /** What the OpenAI SDK for JavaScript sends beside the key and the type of the body. */
  private static final Map<String, String> SDK =
      new TreeMap<>(
          Map.of(
              "accept", "application/json",
              "x-stainless-lang", "js",
              "x-stainless-package-version", "6.9.1",
              "x-stainless-os", "Unknown",
              "x-stainless-arch", "unknown",
              "x-stainless-runtime", "browser:chrome",
              "x-stainless-runtime-version", "142.0.0",
              "x-stainless-retry-count", "0",
              "x-stainless-timeout", "600"));

  private static final String SAMBASTACK =
      """
      serviceTiers:
        free:
        - {models: [small], qos: free, rates: {allowedRequests: 1, periodSeconds: 3600}}
        web:
        - {models: [small], qos: web, rates: {allowedRequests: 1000, periodSeconds: 60}}
      bundles:
        bundleDeploymentSpecs:
        - name: one
          groups: [{name: default, qosList: [web, free]}]
      """;

  @TempDir private static Path folder;
  private static Stack stack;
  private static Browser browser;

  @BeforeAll
  static void start() {
    stack =
        new Stack(
            folder,
            SAMBASTACK,
            "gateway: {host: 127.0.0.1, port: 0, cors: {origins: ['" + APP + "']}}\n",
            List.of(SimulatedBackendOptions.of("one", List.of("small"))));
    browser = new Browser(stack, APP);
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static Browser.Seen ask(String key, String more) {
    return browser.fetch("POST", CHAT, key, SDK, body("small", more)).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({"'', application/json", "',\"stream\":true', text/event-stream"})
  void aPageOfAListedOrigin_readsAnswersAndTheirHeaders(String more, String type) {
    Browser.Seen answer = ask(stack.key("page", "web"), more);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers().get("content-type")).startsWith(type);
    assertThat(answer.headers())
        .containsKeys("x-request-id", "x-ratelimit-limit-requests", "x-ratelimit-reset-requests");
  }

  @Test
  void aPage_readsRefusalsToo() {
    String key = stack.key("often", "free");

    assertThat(ask("sluice_acme_wrong", "").status()).isEqualTo(401);
    assertThat(ask(key, "").status()).isEqualTo(200);
    Browser.Seen refused = ask(key, "");
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers()).containsKeys("x-should-retry", "x-ratelimit-remaining-requests");
    assertThat(browser.fetch("POST", CHAT, key, SDK, "{").orElseThrow().status()).isEqualTo(400);
    assertThat(browser.fetch("POST", "/v1/nothing", key, SDK, "").orElseThrow().status())
        .isEqualTo(404);
  }

  @Test
  void everyHeaderOfOursOnAnAnswer_isOneThatAPageMaySee() {
    String key = stack.key("free-page", "free");
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> response = stack.chat(key, body("small"), "origin", APP);
      List<String> exposed =
          List.of(
              response
                  .headers()
                  .firstValue("access-control-expose-headers")
                  .orElse("")
                  .split(",", -1));
      assertThat(response.headers().map().keySet().stream().filter(CorsIT::ours))
          .isSubsetOf(exposed);
    }
  }

  private static boolean ours(String name) {
    return name.startsWith("x-") || name.startsWith("retry-");
  }

  @Test
  void aPageOfAnotherOrigin_isToldNothing_andNothingRuns() {
    stack.backend(0).clearRecords();
    Browser elsewhere = new Browser(stack, "https://elsewhere.example.com");

    assertThat(elsewhere.fetch("POST", CHAT, stack.key("lured", "web"), SDK, body("small")))
        .isEmpty();
    assertThat(stack.backend(0).records()).isEmpty();
  }

  /** Browsers send Origin with the POSTs of the gateway's own pages too, and so do some servers. */
  @Test
  void aRequestOfAnOriginThatIsNotListed_isServedAllTheSame() {
    HttpResponse<String> response =
        stack.chat(stack.key("own", "web"), body("small"), "origin", stack.doors().gateway());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().map()).doesNotContainKey("access-control-allow-origin");
    assertThat(response.headers().allValues("vary")).contains("origin");
  }

  @Test
  void aPreflight_needsNoKey_andIsRememberedForAWhile() {
    HttpResponse<String> preflight =
        options("origin", APP, "access-control-request-method", "POST");

    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("access-control-max-age")).contains("600");
  }

  @Test
  void otherOptions_areNoPreflight() {
    assertThat(options("origin", APP).statusCode()).isEqualTo(405);
    assertThat(options("access-control-request-method", "POST").statusCode()).isEqualTo(405);
  }

  private static HttpResponse<String> options(String... headers) {
    return stack.send(
        stack
            .request(CHAT, "")
            .headers(headers)
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .build());
  }
}
