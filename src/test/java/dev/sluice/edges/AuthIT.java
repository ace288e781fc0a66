package dev.sluice.edges;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.RawClient;
import dev.sluice.testing.Stack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What NGINX's auth_request is answered, in full mode; in front mode ExtAuthzIT has the same. */
class AuthIT {
  @TempDir private static Path folder;
  private static Stack stack;

  @BeforeAll
  static void start() {
    stack = new Stack(folder, Tiers.SAMBASTACK, "auth: {mode: full}\n", Tiers.BACKENDS);
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void allowed_answers200WithEmptyBodyWhoAndWhatRemains() {
    HttpResponse<String> response = auth(stack.key("ann", "web"), "small");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("content-length")).contains("0");
    assertThat(response.headers().firstValue("x-sluice-user")).contains("ann");
    assertThat(response.headers().firstValue("x-sluice-qos")).contains("web");
    assertThat(response.headers().firstValue("x-ratelimit-remaining-requests")).contains("999");
  }

  @ParameterizedTest
  @CsvSource({
    "'',     small,   401, 401",
    "wrong,  small,   401, 401",
    "none,   small,   429, 403",
    "web,    unknown, 404, 403",
    "web,    old,     410, 403",
    "web,    broken,  503, 403",
    "web,    secret,  403, 403",
  })
  void denied_carriesTheGatewaysAnswerInHeaders(String who, String model, int status, int shown) {
    String key = who.isEmpty() || who.equals("wrong") ? who : stack.key("bob-" + who, who);

    HttpResponse<String> response = auth(key, model);
    HttpResponse<String> gateway = stack.chat(key, body(model), "x-request-id", "id-1");

    assertThat(response.statusCode()).isEqualTo(shown);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValue("x-sluice-status")).contains(Integer.toString(status));
    assertThat(gateway.statusCode()).isEqualTo(status);
    assertThat(withoutTimes(response.headers().firstValue("x-sluice-body").orElse("")))
        .isEqualTo(withoutTimes(gateway.body()));
    for (String name : new String[] {"retry-after", "x-should-retry", "x-request-id"}) {
      assertThat(response.headers().firstValue(name).isPresent())
          .as(name)
          .isEqualTo(gateway.headers().firstValue(name).isPresent());
    }
  }

  @Test
  void manySubrequests_useOneConnection() {
    String key = stack.key("cat", "web");
    try (RawClient nginx = new RawClient(stack.doors().http())) {
      for (int i = 0; i < 20; i++) {
        nginx.send(
            "GET /auth HTTP/1.1\r\nHost: sluice\r\nAuthorization: Bearer "
                + (i % 2 == 0 ? key : "wrong")
                + "\r\nX-Original-Method: GET\r\n\r\n");
        assertThat(nginx.readUntil("\r\n\r\n"))
            .startsWith(i % 2 == 0 ? "HTTP/1.1 200" : "HTTP/1.1 401")
            .containsIgnoringCase("content-length: 0")
            .doesNotContainIgnoringCase("connection: close");
      }
    }
  }

  @Test
  void modelNobodyNames_isRefusedForAPostAndNotForAGet() {
    String key = stack.key("dan", "web");

    assertThat(auth(key, "").headers().firstValue("x-sluice-status")).contains("400");
    assertThat(auth(key, "", "X-Original-Method", "GET").statusCode()).isEqualTo(200);
  }

  @Test
  void modelWithNonAsciiName_staysOneAsciiLine() {
    String key = stack.key("eve", "web");
    try (RawClient nginx = new RawClient(stack.doors().http())) {
      nginx.send(
          "GET /auth HTTP/1.1\r\nHost: sluice\r\nAuthorization: Bearer %s\r\nX-Original-Method: POST\r\nX-Sluice-Model: m\u00e9l\"\\n\r\n\r\n"
              .formatted(key));
      Matcher body =
          Pattern.compile("x-sluice-body: ([ -~]+)\r\n")
              .matcher(nginx.readUntil("\r\n\r\n").toLowerCase(Locale.ROOT));

      assertThat(body.find()).isTrue();
      assertThat(body.group(1)).contains("\\u00e9");
    }
  }

  @Test
  void healthcheck_isOk() {
    HttpResponse<String> response =
        stack.send(HttpRequest.newBuilder(uri("/healthcheck")).GET().build());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("OK");
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /nothing HTTP/1.1', 404",
    "'DELETE /json HTTP/1.1', 405",
    "'GET /auth HTTP/9.9', 501",
    "'nonsense', 400",
  })
  void badRequests_areAnsweredAndChangeNothing(String line, int status) {
    try (RawClient client = new RawClient(stack.doors().http())) {
      client.send(line + "\r\nHost: sluice\r\nConnection: close\r\n\r\n");
      assertThat(client.readToEnd()).contains(" " + status + " ");
    }
    assertThat(auth(stack.key("fay", "web"), "small").statusCode()).isEqualTo(200);
  }

  private static HttpResponse<String> auth(String key, String model, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("/auth"))
            .header("X-Request-Id", "id-1")
            .header("X-Original-URI", "/v1/chat/completions")
            .setHeader("X-Original-Method", "POST");
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    if (!model.isEmpty()) {
      request.header("X-Sluice-Model", model);
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return stack.send(request.build());
  }

  private static URI uri(String path) {
    return URI.create(stack.doors().http() + path);
  }

  private static String withoutTimes(String body) {
    return body.replaceAll("Try again in .*?\\)\\.", "Try again.");
  }
}
