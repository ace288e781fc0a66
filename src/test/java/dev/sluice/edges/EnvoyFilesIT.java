package dev.sluice.edges;

import static dev.sluice.edges.EdgeClient.echoed;
import static dev.sluice.edges.EdgeClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.RunningEdge;
import dev.sluice.testing.RawClient;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of envoy/ on a real Envoy. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class EnvoyFilesIT {
  private final GrpcDouble sluice = new GrpcDouble();
  private final EchoBackend backend = new EchoBackend();
  private final RunningEdge envoy;
  private final RunningEdge fullEnvoy;
  private final EdgeClient client;
  private final EdgeClient full;

  EnvoyFilesIT(@TempDir Path folder) {
    this.envoy =
        RunningEdge.start(
            EdgeFiles.envoy().onFreePorts(Map.of(8081, sluice.port(), 8000, backend.port())),
            folder.resolve("front"));
    this.fullEnvoy =
        RunningEdge.start(
            EdgeFiles.envoyFull()
                .onFreePorts(
                    Map.of(8081, sluice.port(), 8101, backend.port(), 8102, backend.port())),
            folder.resolve("full"));
    this.client = EdgeClient.patient(envoy.url());
    this.full = EdgeClient.patient(fullEnvoy.url());
    // Channels to Sluice are opened by the first request, which must not be late for that.
    for (EdgeClient edge : new EdgeClient[] {client, full}) {
      Awaitility.await().until(() -> edge.get("/v1/models", "allowed").statusCode() == 200);
    }
  }

  @AfterAll
  void stop() {
    envoy.close();
    fullEnvoy.close();
    sluice.close();
    backend.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 410, 429, 503, 504})
  void refused_theClientGetsSluicesAnswer(int status) {
    int before = backend.requests();

    HttpResponse<String> response = client.get("/v1/models", Integer.toString(status));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(GrpcDouble.BODY);
    assertThat(header(response, "content-type")).isEqualTo("application/json");
    assertThat(header(response, "x-request-id")).isEqualTo("sluice's");
    assertThat(header(response, "retry-after")).isEqualTo("7");
    assertThat(backend.requests()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"late", "broken"})
  void noAnswer_closed(String how) {
    HttpResponse<String> response = client.get("/v1/models", how, "X-Request-Id", "m\"ine");

    assertUnavailable(response);
    assertThat(new JsonObject(response.body()).getString("request_id")).isEqualTo("m\"ine");
  }

  @Test
  void sluiceDown_closed(@TempDir Path folder) {
    try (RunningEdge alone =
        RunningEdge.start(
            EdgeFiles.envoy().onFreePorts(Map.of(8081, 1, 8000, backend.port())), folder)) {
      assertUnavailable(new EdgeClient(alone.url()).get("/v1/models", "allowed"));
    }
  }

  @Test
  void allowed_theGatewayGetsProofAndId_noBodyGoesToSluice() {
    HttpResponse<String> response =
        client.post(
            "/v1/chat/completions?a=b",
            "allowed",
            new byte[1000],
            "X-Sluice-Model",
            "cheap",
            "X-Request-Id",
            "mine");

    JsonObject headers = echoed(response).getJsonObject("headers");
    assertThat(headers.getString("x-sluice-proof")).isEqualTo("proof");
    assertThat(headers.getString("x-request-id")).isEqualTo("mine");
    assertThat(header(response, "x-request-id")).isEqualTo("mine");
    assertThat(sluice.checked().getPath()).isEqualTo("/v1/chat/completions?a=b");
    assertThat(sluice.checked().getHeadersMap())
        .containsEntry("x-request-id", "mine")
        .doesNotContainKey("x-sluice-model");
    assertThat(sluice.checked().getRawBody().size() + sluice.checked().getBody().length()).isZero();
  }

  @Test
  void publicPath_needsNoKey() {
    HttpResponse<String> response = client.get("/healthz", "");

    assertThat(response.body()).isEqualTo("ok\n");
    assertThat(header(response, "x-request-id")).isNotEmpty();
  }

  @Test
  void descriptors_areAddressTierAndWorkflow() {
    assertThat(client.get("/v1/models", "allowed", "X-Sluice-Workflow", "nightly").statusCode())
        .isEqualTo(200);

    assertThat(sluice.limited().getDomain()).isEqualTo("sluice");
    assertThat(
            sluice.limited().getDescriptorsList().stream()
                .map(d -> d.getEntries(0).getKey() + "=" + d.getEntries(0).getValue()))
        .containsExactly("remote_address=127.0.0.1", "tier=web", "workflow=nightly");
  }

  @Test
  void overADescriptorRule_theClientGetsJsonAndHeaders() {
    // Its answer has to come within 20 ms, or the request passes.
    HttpResponse<String> response =
        Awaitility.await()
            .until(
                () ->
                    client.get(
                        "/v1/models",
                        "allowed",
                        "X-Sluice-Workflow",
                        "slow",
                        "X-Request-Id",
                        "mine"),
                answer -> answer.statusCode() == 429);
    assertThat(new JsonObject(response.body()).getJsonObject("error").getString("code"))
        .isEqualTo("rate_limit_exceeded");
    assertThat(header(response, "x-ratelimit-limit")).startsWith("5, 5;w=60");
    assertThat(header(response, "x-ratelimit-reset")).isEqualTo("33");
    assertThat(header(response, "x-request-id")).isEqualTo("mine");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500, 503})
  void theUpstreamsOwnErrors_passAsTheyAre_andAreNotRetried(int status) {
    int before = backend.requests();

    HttpResponse<String> response = client.get("/status/" + status, "allowed");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo("the upstream's own words");
    assertThat(backend.requests()).isEqualTo(before + 1);
  }

  @Test
  void noGateway_theClientGetsJson(@TempDir Path folder) {
    try (RunningEdge alone =
        RunningEdge.start(
            EdgeFiles.envoy().onFreePorts(Map.of(8081, sluice.port(), 8000, 1)), folder)) {
      EdgeClient other = new EdgeClient(alone.url());
      // The first check opens the connection to Sluice.
      Awaitility.await().until(() -> other.get("/v1/models", "allowed").statusCode() == 502);
      assertThat(other.get("/v1/models", "allowed").body()).contains("backend_unavailable");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void largeBody_passes(boolean straightToTheBackends) {
    byte[] body = new byte[20_000_000];
    EdgeClient edge = straightToTheBackends ? full : client;

    assertThat(echoed(edge.post("/v1/files", "allowed", body)).getLong("length"))
        .isEqualTo(body.length);
    assertThat(edge.post("/v1/files", "429", body).statusCode()).isEqualTo(429);
  }

  @Test
  void stream_comesChunkByChunk() {
    try (RawClient reader = new RawClient(envoy.url())) {
      reader.send("GET /v1/stream HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer allowed\r\n\r\n");
      // The second is written only after the first was read here.
      assertThat(reader.readUntil("data: 1")).contains("200 OK");
      backend.goOn();
      reader.readUntil("data: 2");
    }
  }

  @Test
  void full_sluiceSeesTheBeginningOfTheBody_asBytes() {
    byte[] body = new byte[200_000];
    Arrays.fill(body, (byte) 0xE9);

    full.post("/v1/chat/completions", "allowed", body);

    assertThat(sluice.checked().getRawBody().size()).isEqualTo(65_536);
    // "false" when Envoy holds exactly as much as it may show: not to be relied on.
    assertThat(sluice.checked().getHeadersMap()).containsKey("x-envoy-auth-partial-body");
    assertThat(sluice.limited().getDescriptorsList())
        .anyMatch(descriptor -> descriptor.getEntries(0).getKey().equals("model"));

    full.post("/v1/chat/completions", "allowed", new byte[100]);
    assertThat(sluice.checked().getRawBody().size()).isEqualTo(100);
    assertThat(sluice.checked().getHeadersMap())
        .containsEntry("x-envoy-auth-partial-body", "false");
  }

  @Test
  void full_aRouteThatSaysTheModel_sendsNoBody() {
    HttpResponse<String> response =
        full.post("/gpt-oss/v1/chat/completions", "allowed", new byte[1000]);

    assertThat(echoed(response).getString("uri")).isEqualTo("/v1/chat/completions");
    assertThat(sluice.checkedModel()).isEqualTo("gpt-oss-120b");
    assertThat(sluice.checked().getRawBody().size()).isZero();
  }

  @Test
  void accessLog_hasWhatSluiceSaid() {
    client.get("/v1/models", "401", "X-Request-Id", "look-for-me");

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(Files.readAllLines(envoy.log()))
                    .filteredOn(line -> line.contains("look-for-me"))
                    .singleElement()
                    .satisfies(
                        line ->
                            assertThat(new JsonObject(line).getMap())
                                .containsEntry("decision", "refused")
                                .containsEntry("tier", "web")
                                .containsEntry("status", 401)));
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
