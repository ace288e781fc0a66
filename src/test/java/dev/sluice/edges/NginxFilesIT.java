package dev.sluice.edges;

import static dev.sluice.edges.EdgeClient.echoed;
import static dev.sluice.edges.EdgeClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.EdgeProgram;
import dev.sluice.demo.RunningEdge;
import dev.sluice.testing.RawClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of nginx/ on a real NGINX. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NginxFilesIT {
  private final AuthDouble auth = new AuthDouble();
  private final EchoBackend backend = new EchoBackend();
  private final RunningEdge nginx;
  private final EdgeClient client;

  NginxFilesIT(@TempDir Path folder) {
    this.nginx =
        RunningEdge.start(
            EdgeFiles.nginx().onFreePorts(Map.of(8080, auth.port(), 8000, backend.port())),
            folder.resolve("nginx"));
    this.client = new EdgeClient(nginx.url());
  }

  /** Nothing of all this is worth a word in the error log, but for the authorizer that was late. */
  @AfterAll
  void stop() throws IOException {
    nginx.close();
    auth.close();
    backend.close();
    assertThat(Files.readAllLines(nginx.log()))
        .filteredOn(line -> !line.startsWith("{\"time\":"))
        .filteredOn(line -> !line.contains("timed out") || !line.contains("/_sluice_auth"))
        .filteredOn(line -> !line.contains("too large body"))
        .isEmpty();
  }

  @BeforeAll
  void isThere() {
    assertThat(client.get("/healthz", "").body()).isEqualTo("ok\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 410, 429, 503, 504})
  void refused_theClientGetsStatusBodyAndIdOfSluice(int status) {
    int before = backend.requests();

    HttpResponse<String> response =
        client.get("/v1/models.html", Integer.toString(status), "X-Request-Id", "mine/1");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(AuthDouble.BODY);
    assertThat(header(response, "content-type")).isEqualTo("application/json");
    assertThat(header(response, "x-request-id")).isEqualTo("mine/1");
    assertThat(backend.requests()).isEqualTo(before);
    assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("x-sluice"));
  }

  @Test
  void refused_aRate_carriesTheHeadersForRetries() {
    HttpResponse<String> response = client.post("/v1/chat/completions", "429", new byte[100]);

    Map<String, String> said = new LinkedHashMap<>();
    for (String name :
        Set.of(
            "retry-after",
            "retry-after-ms",
            "x-should-retry",
            "x-ratelimit-limit-requests",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests")) {
      said.put(name, header(response, name));
    }
    assertThat(said)
        .containsEntry("retry-after", "7")
        .containsEntry("retry-after-ms", "6500")
        .containsEntry("x-should-retry", "true")
        .containsEntry("x-ratelimit-limit-requests", "5")
        .containsEntry("x-ratelimit-remaining-requests", "0")
        .containsEntry("x-ratelimit-reset-requests", "7s");
    assertThat(response.headers().map()).doesNotContainKey("x-ratelimit-limit-requests-day");
  }

  @ParameterizedTest
  @ValueSource(strings = {"late", "broken"})
  void noSensibleAnswer_closed(String how) {
    HttpResponse<String> response = client.get("/v1/models", how, "X-Request-Id", "mine");

    assertUnavailable(response);
    assertThat(new JsonObject(response.body()).getString("request_id")).isEqualTo("mine");
  }

  @Test
  void unknownStatus_staysRefused() {
    assertThat(client.get("/v1/models", "418").statusCode()).isEqualTo(403);
  }

  @Test
  void sluiceDown_closed(@TempDir Path folder) {
    EdgeFiles files = EdgeFiles.nginx().onFreePorts(Map.of(8080, 1, 8000, backend.port()));
    try (RunningEdge alone = RunningEdge.start(files, folder)) {
      assertUnavailable(new EdgeClient(alone.url()).get("/v1/models", "allowed"));
    }
  }

  @Test
  void sluiceDown_openVariant_passes(@TempDir Path folder) {
    EdgeFiles shipped = EdgeFiles.nginx();
    Map<String, String> texts = new LinkedHashMap<>(shipped.texts());
    texts.computeIfPresent(
        "sluice.conf",
        (name, text) -> text.replace("  return 403;\n  # return 204;", "  return 204;"));
    assertThat(texts).isNotEqualTo(shipped.texts());
    EdgeFiles open =
        new EdgeFiles(EdgeProgram.NGINX, shipped.main(), texts)
            .onFreePorts(Map.of(8080, 1, 8000, backend.port()));
    try (RunningEdge alone = RunningEdge.start(open, folder)) {
      assertThat(new EdgeClient(alone.url()).get("/v1/models", "any").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void allowed_theGatewayGetsProofAndId_andNothingForged() {
    HttpResponse<String> response =
        client.get(
            "/v1/models?a=b%20c",
            "allowed",
            "X-Sluice-Model",
            "cheap",
            "X-Sluice-Proof",
            "forged",
            "X-Sluice-Qos",
            "gold",
            "X-Original-URI",
            "/public",
            "X-Request-Id",
            "not sane");

    JsonObject headers = echoed(response).getJsonObject("headers");
    assertThat(echoed(response).getString("uri")).isEqualTo("/v1/models?a=b%20c");
    assertThat(headers.getString("x-sluice-proof")).isEqualTo("the proof");
    assertThat(headers.getString("x-sluice-organization")).isEqualTo("acme");
    assertThat(headers.fieldNames()).doesNotContain("x-sluice-qos", "x-sluice-model");
    assertThat(headers.getString("authorization")).isEqualTo("Bearer allowed");
    assertThat(headers.getString("connection")).isNull();
    var asked = auth.seen().get(auth.seen().size() - 1);
    assertThat(asked.get("x-original-uri")).isEqualTo("/v1/models?a=b%20c");
    assertThat(asked.get("x-original-method")).isEqualTo("GET");
    assertThat(asked.contains("x-sluice-model")).isFalse();
    assertThat(asked.get("x-request-id"))
        .matches("[0-9a-f]{32}")
        .isEqualTo(headers.getString("x-request-id"));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 500, 502})
  void theUpstreamsOwnErrors_passAsTheyAre(int status) {
    HttpResponse<String> response = client.get("/status/" + status, "allowed");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo("the upstream's own words");
  }

  @Test
  void connections_areKept_toSluiceAndToTheGateway(@TempDir Path folder) {
    try (AuthDouble fresh = new AuthDouble();
        EchoBackend behind = new EchoBackend();
        RunningEdge edge =
            RunningEdge.start(
                EdgeFiles.nginx().onFreePorts(Map.of(8080, fresh.port(), 8000, behind.port())),
                folder)) {
      EdgeClient one = new EdgeClient(edge.url());
      for (int i = 0; i < 30; i++) {
        assertThat(one.get("/v1/models", i % 2 == 0 ? "allowed" : "429").statusCode())
            .isEqualTo(i % 2 == 0 ? 200 : 429);
      }
      assertThat(fresh.seen()).hasSize(30);
      assertThat(fresh.connections()).isEqualTo(1);
      assertThat(behind.connections()).isEqualTo(1);
    }
  }

  @Test
  void largeBody_isPassedOnWhileItComes_andBounded() {
    byte[] body = new byte[20_000_000];

    assertThat(echoed(client.post("/v1/files", "allowed", body)).getLong("length"))
        .isEqualTo(body.length);

    long before = backend.received();
    try (RawClient slow = new RawClient(nginx.url())) {
      slow.send(post(1000) + "the beginning");
      Awaitility.await().until(() -> backend.received() - before == 13);
    }
    try (RawClient large = new RawClient(nginx.url())) {
      String answer = large.send(post(26_214_401)).readUntil("request_id");
      assertThat(answer).startsWith("HTTP/1.1 413").contains("request_too_large");
    }
  }

  @Test
  void refusedLargeBody_getsItsAnswer() {
    assertThat(client.post("/v1/files", "429", new byte[20_000_000]).statusCode()).isEqualTo(429);
  }

  @Test
  void stream_comesChunkByChunk() {
    try (RawClient reader = new RawClient(nginx.url())) {
      reader.send("GET /v1/stream HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer allowed\r\n\r\n");
      // The second is written only after the first was read here.
      assertThat(reader.readUntil("data: 1")).contains("200 OK");
      backend.goOn();
      reader.readUntil("data: 2");
    }
  }

  @Test
  void nginxsOwn403_staysOne(@TempDir Path folder) {
    EdgeFiles shipped = EdgeFiles.nginx();
    Map<String, String> texts = new LinkedHashMap<>(shipped.texts());
    texts.computeIfPresent(
        "nginx.conf",
        (name, text) ->
            text.replace("    location / {\n", "    location / {\n      deny 127.0.0.1;\n"));
    EdgeFiles denying =
        new EdgeFiles(EdgeProgram.NGINX, shipped.main(), texts)
            .onFreePorts(Map.of(8080, auth.port(), 8000, backend.port()));
    try (RunningEdge edge = RunningEdge.start(denying, folder)) {
      assertThat(new EdgeClient(edge.url()).get("/v1/models", "allowed").statusCode())
          .isEqualTo(403);
    }
  }

  @Test
  void full_theLocationSaysTheModel_andTheAnswerHasTheLimits(@TempDir Path folder) {
    try (RunningEdge edge =
        RunningEdge.start(
            EdgeFiles.nginxFull()
                .onFreePorts(Map.of(8080, auth.port(), 8101, 1, 8102, backend.port())),
            folder)) {
      EdgeClient full = new EdgeClient(edge.url());

      HttpResponse<String> response =
          full.post(
              "/gpt-oss/v1/chat/completions",
              "charged",
              new byte[10],
              "X-Sluice-Model",
              "cheap",
              "X-Request-Id",
              "mine");

      assertThat(auth.seen().get(auth.seen().size() - 1).getAll("x-sluice-model"))
          .containsExactly("gpt-oss-120b");
      assertThat(echoed(response).getString("uri")).isEqualTo("/v1/chat/completions");
      JsonObject headers = echoed(response).getJsonObject("headers");
      assertThat(headers.getString("x-sluice-qos")).isEqualTo("gold");
      assertThat(headers.fieldNames()).doesNotContain("authorization");
      assertThat(header(response, "x-request-id")).isEqualTo("mine");
      assertThat(header(response, "x-ratelimit-remaining-requests")).isEqualTo("119");

      HttpResponse<String> down = full.get("/llama-70b/v1/models", "charged");
      assertThat(down.statusCode()).isEqualTo(502);
      assertThat(down.body()).contains("backend_unavailable");
    }
  }

  private static String post(int length) {
    return "POST /v1/files HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer allowed\r\nContent-Length: %d\r\n\r\n"
        .formatted(length);
  }

  private static void assertUnavailable(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(header(response, "content-type")).isEqualTo("application/json");
    assertThat(header(response, "retry-after")).isEqualTo("1");
    assertThat(header(response, "x-request-id"))
        .isEqualTo(new JsonObject(response.body()).getString("request_id"));
    JsonObject error = new JsonObject(response.body()).getJsonObject("error");
    assertThat(error.getString("code")).isEqualTo("limits_unavailable");
    assertThat(error.getString("type")).isEqualTo("service_unavailable_error");
    assertThat(error.containsKey("param")).isTrue();
  }
}
