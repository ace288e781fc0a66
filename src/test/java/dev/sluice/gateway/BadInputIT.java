package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.Stack;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad input gets a clear error in the API's shape, or a closed connection; nothing leaks. */
class BadInputIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - {models: [small], queueDepth: 5, qos: web}
      bundles:
        bundleDeploymentSpecs:
        - {name: one, groups: [{name: default, qosList: [web]}]}
      """;

  @TempDir private static Path folder;
  private static Stack stack;
  private static String key;

  @BeforeAll
  static void start() {
    stack =
        new Stack(
            folder,
            SAMBASTACK,
            """
            gateway:
              host: 127.0.0.1
              port: 0
              headTimeout: 1s
              bodyTimeout: 1s
              maxBodiesBytes: 40000000
            """,
            List.of(SimulatedBackendOptions.of("one", List.of("small"))));
    key = stack.key("alice", "web");
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"model\":\"small\",| invalid_json| ",
        "not json at all| invalid_json| ",
        "``| invalid_json| ",
        "{\"model\":\"small\"}| missing_required_parameter| messages",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}| missing_required_parameter| model",
        "{\"model\":[\"small\"],\"messages\":[{}]}| invalid_type| model",
      })
  void aBadBodyIs400(String body, String code, String param) throws Exception {
    HttpResponse<String> answer = stack.chat(key, body);
    assertThat(answer.statusCode()).isEqualTo(400);
    JsonNode error = error(answer);
    assertThat(error.at("/code").asText()).isEqualTo(code);
    assertThat(error.at("/type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.at("/param").isNull() ? null : error.at("/param").asText()).isEqualTo(param);
  }

  @Test
  void aDeeplyNestedBodyIs400() throws Exception {
    String deep = "[".repeat(100_000);
    HttpResponse<String> answer =
        stack.chat(key, "{\"model\":\"small\",\"messages\":[{}],\"x\":" + deep);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(error(answer).at("/code").asText()).isEqualTo("invalid_json");
  }

  @Test
  void aBodyOfThirtyMegabytesIs413() throws Exception {
    HttpResponse<String> answer = stack.chat(key, " ".repeat(30_000_000));
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(error(answer).at("/code").asText()).isEqualTo("request_too_large");
    assertThat(error(answer).at("/message").asText()).contains("26214400 bytes");
  }

  @Test
  void aChunkedBodyOfThirtyMegabytesIs413Too() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      client.send(
          "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + key
              + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      String chunk = "100000\r\n" + " ".repeat(0x100000) + "\r\n";
      for (int i = 0; i < 26; i++) {
        client.send(chunk);
      }
      assertThat(client.readUntil("request_too_large")).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void whoHasNoKeyIsRefusedBeforeTheBodyIsRead() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      client.send(
          "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n");
      assertThat(client.readUntil("invalid_api_key")).startsWith("HTTP/1.1 401 ");
    }
  }

  @Test
  void allBodiesTogetherAreBounded() throws Exception {
    String head =
        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            + key
            + "\r\nContent-Length: 25000000\r\n\r\n";
    try (RawClient first = new RawClient(stack.doors().gateway());
        RawClient second = new RawClient(stack.doors().gateway())) {
      first.send(head).send(" ".repeat(24_000_000));
      second.send(head).send(" ".repeat(20_000_000));
      assertThat(second.readUntil("server_is_overloaded")).startsWith("HTTP/1.1 503 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/v1", "/v1/chat", "/v1/completions/../models/x%00", "/admin/v1/keys"})
  void anUnknownRouteIs404(String path) throws Exception {
    HttpResponse<String> answer = stack.send(stack.request(path, key).GET().build());
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(error(answer).at("/code").asText()).isIn("unknown_url", "model_not_found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH"})
  void aWrongMethodIs405(String method) throws Exception {
    HttpResponse<String> answer =
        stack.send(
            stack
                .request("/v1/chat/completions", key)
                .method(method, HttpRequest.BodyPublishers.ofString(body("small")))
                .build());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).contains("POST");
    assertThat(error(answer).at("/code").asText()).isEqualTo("method_not_allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n",
        "hello\r\n\r\n",
        "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        "GET /v1/models HTTP/1.1\r\nHost: x\r\nno colon here\r\n\r\n",
      })
  void bytesThatAreNoHttpGetAnErrorAndTheEnd(String bytes) {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      String answer = client.send(bytes).readToEnd();
      assertThat(answer)
          .satisfiesAnyOf(
              closed -> assertThat(closed).isEmpty(),
              told ->
                  assertThat(told).startsWith("HTTP/1.").contains("400 Bad Request", "\"error\""));
      assertThat(answer).doesNotContain("Exception", "dev.sluice", "io.netty");
    }
  }

  @Test
  void aRefusalKeepsTheConnectionUnlessMuchIsStillToCome() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      for (int i = 0; i < 3; i++) {
        String refused = client.chat("no-key", body("small")).readUntil("\"request_id\"");
        assertThat(refused).contains("401 Unauthorized").doesNotContain("connection: close");
      }
    }
  }

  @Test
  void whatIsSentBehindALastAnswerIsNotAnswered() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      String answers =
          client
              .send(
                  "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                      + "GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      + key
                      + "\r\n\r\n")
              .readToEnd();
      assertThat(answers)
          .contains("401 Unauthorized", "connection: close")
          .doesNotContain("200 OK");
    }
  }

  @Test
  void aBodyThatWillBeRefusedIsNotInvited() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      String answer =
          client
              .send(
                  "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      + key
                      + "\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n")
              .readUntil("request_too_large");
      assertThat(answer).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void anAnswerOfUnknownLengthEndsWithTheConnectionForHttpOneZero() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      String body = body("small", ",\"stream\":true");
      String answer =
          client
              .send(
                  "POST /v1/chat/completions HTTP/1.0\r\nConnection: keep-alive\r\nAuthorization: Bearer "
                      + key
                      + "\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
              .readToEnd();
      assertThat(answer).contains("data: [DONE]").doesNotContain("timed out", "chunked");
    }
  }

  @Test
  void headersThatAreTooLongAre431() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      String answer =
          client
              .send("GET /v1/models HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(40_000) + "\r\n\r\n")
              .readToEnd();
      assertThat(answer).startsWith("HTTP/1.1 431 ").contains("32768 bytes");
    }
  }

  @Test
  void aHeadThatTricklesInIsCutOff() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      assertThat(client.send("GET /v1/models HTTP/1.1\r\n").readToEnd()).isEmpty();
    }
  }

  @Test
  void aBodyThatNeverEndsIs408() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      String answer =
          client
              .send(
                  "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                      + key
                      + "\r\nContent-Length: 100\r\n\r\n{")
              .readUntil("request_timeout");
      assertThat(answer).startsWith("HTTP/1.1 408 ");
    }
  }

  @Test
  void aBodyThatBreaksOffLeavesNothingBehind() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      client.send(
          "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
              + key
              + "\r\nContent-Length: 100\r\n\r\n{");
    }
    org.awaitility.Awaitility.await()
        .untilAsserted(
            () -> assertThat(stack.metrics()).contains("sluice_in_flight{door=\"gateway\",} 0.0"));
  }

  private static JsonNode error(HttpResponse<String> answer) throws Exception {
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    assertThat(answer.body()).doesNotContain("Exception", "dev.sluice");
    return new ObjectMapper().readTree(answer.body()).at("/error");
  }
}
