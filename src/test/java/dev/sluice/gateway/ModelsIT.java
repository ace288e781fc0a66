package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.KeyIssuer;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.demo.SimulatedRequest;
import dev.sluice.testing.Stack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that are called otherwise at their backends, or go; and keys that go. */
class ModelsIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - {models: [public, going, gone, plain], qos: web, rates: {allowedRequests: 1000, periodSeconds: 60}}
        deprecated:
        - {models: [old]}
      bundles:
        bundleDeploymentSpecs:
        - name: one
          groups: [{name: default, qosList: [web]}]
      auth-and-billing:
        admins: [Ada@example.org]
      """;

  private static final String SLUICE =
      """
      models:
        public: {backend: known-as}
        going: {deprecated: 2020-01-01, sunset: 2999-01-01, successor: plain}
        gone: {sunset: 2020-01-01, successor: old}
        old: {successor: plain}
      """;

  @TempDir private static Path folder;
  private static Stack stack;

  @BeforeAll
  static void start() {
    stack =
        new Stack(
            folder,
            SAMBASTACK,
            SLUICE,
            List.of(
                SimulatedBackendOptions.of(
                    "one", List.of("public", "known-as", "going", "gone", "plain"))));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @BeforeEach
  void forget() {
    stack.backend(0).clearRecords();
  }

  private static String header(HttpResponse<?> response, String name) {
    return String.join(" and ", response.headers().allValues(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"stream\":true"})
  void aliased_isSentByItsBackendsName_andCountedByItsOwn(String more) {
    String key = stack.key("alias", "web");

    HttpResponse<String> response = stack.chat(key, body("public", more));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(stack.backend(0).records())
        .extracting(SimulatedRequest::model)
        .containsExactly("known-as");
    assertThat(stack.metrics())
        .contains("sluice_decisions_total{door=\"gateway\",tier=\"web\",model=\"public\",")
        .doesNotContain("tier=\"web\",model=\"known-as\"");
  }

  @Test
  void aliased_largeBody_arrivesWhole() {
    String padding = ",\"padding\":\"" + "x".repeat(5 << 20) + "\"";

    HttpResponse<String> response = stack.chat(stack.key("large", "web"), body("public", padding));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(stack.backend(0).records())
        .extracting(SimulatedRequest::model)
        .containsExactly("known-as");
  }

  @Test
  void nameAtTheBackend_isNoNameForClients() {
    assertThat(stack.chat(stack.key("direct", "web"), body("known-as")).statusCode())
        .isEqualTo(404);
  }

  @Test
  void models_areListedByTheirPublicNames_withoutThoseThatHaveGone() {
    String models = stack.get("/v1/models", stack.key("list", "web")).body();

    assertThat(models)
        .contains("\"id\":\"public\"", "\"id\":\"going\"", "\"id\":\"plain\"")
        .doesNotContain("known-as", "\"gone\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"stream\":true"})
  void going_isServed_andToldInTheHead(String more) {
    assertGoing(stack.chat(stack.key("going", "web"), body("going", more)));
  }

  @Test
  void going_isToldWithTheModelToo() {
    assertGoing(stack.get("/v1/models/going", stack.key("going", "web")));
  }

  private static void assertGoing(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(header(response, "deprecation")).isEqualTo("@1577836800");
    assertThat(header(response, "sunset")).isEqualTo("Tue, 01 Jan 2999 00:00:00 GMT");
    assertThat(header(response, "link"))
        .isEqualTo("</v1/models/plain>; rel=\"successor-version\"; anchor=\"/v1/models/going\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone", "old"})
  void gone_is410_andNamesTheSuccessorThatIsStillThere(String model) {
    HttpResponse<String> response = stack.chat(stack.key("late", "web"), body(model));

    assertThat(response.statusCode()).isEqualTo(410);
    assertThat(response.body()).contains("model_deprecated", "Use `plain` instead.");
    assertThat(header(response, "link")).contains("</v1/models/plain>");
  }

  @Test
  void oldKey_isToldOnEveryAnswer() {
    KeyIssuer.Issued issued = stack.issue("olga", Optional.of("web"));
    stack.limitAgeOfKeys();
    stack.age(issued.record(), 70);
    String key = issued.text().reveal();

    List<HttpResponse<String>> answers =
        List.of(
            stack.chat(key, body("plain")),
            stack.chat(key, body("plain", ",\"stream\":true")),
            stack.chat(key, body("nothing")),
            stack.chat(key, "{"),
            stack.get("/v1/models", key),
            stack.get("/v1/models/nothing", key));

    assertThat(answers)
        .allSatisfy(
            answer ->
                assertThat(header(answer, "x-sluice-warning"))
                    .startsWith("This API key is 70 days old and will be refused from "));
    assertThat(answers)
        .extracting(HttpResponse::statusCode)
        .containsExactly(200, 200, 404, 400, 200, 404);
    assertThat(stack.metrics())
        .contains("sluice_key_warnings_total{door=\"gateway\",reason=\"old\",} 6.0");
    assertThat(header(stack.chat(stack.key("newt", "web"), body("plain")), "x-sluice-warning"))
        .isEmpty();
  }

  @Test
  void config_showsModelsAndAdministrators() {
    String shown =
        stack
            .send(HttpRequest.newBuilder(URI.create(stack.doors().debug() + "/config")).build())
            .body();

    assertThat(shown.replaceAll("\\s", ""))
        .contains("\"platformAdministrators\":[\"ada@example.org\"]")
        .contains("\"public\":{\"backend\":\"known-as\"}")
        .contains("\"deprecated\":\"2020-01-01T00:00:00Z\"");
  }
}
