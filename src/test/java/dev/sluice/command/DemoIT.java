package dev.sluice.command;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoIT {
  @TempDir private Path folder;

  @Test
  void oneLineOfJsonSaysAllThatAScriptNeeds() throws Exception {
    try (SluiceProcess demo = demo("--format", "json", "--ports", "random")) {
      JsonNode ready = new ObjectMapper().readTree(demo.line());
      assertThat(ready.fieldNames())
          .toIterable()
          .containsExactly(
              "gateway", "grpc", "http", "metrics", "debug", "redis", "backends", "models", "keys");
      assertThat(ready.at("/models").fieldNames())
          .toIterable()
          .containsExactlyInAnyOrder(
              "free", "web", "enterprise", "deprecated", "maintenance", "restricted");
      assertThat(ready.at("/backends")).hasSize(2);
      Map<String, Integer> expected =
          Map.of("deprecated", 410, "maintenance", 503, "restricted", 403);
      for (JsonNode key : ready.at("/keys")) {
        for (JsonNode model : ready.at("/models/" + key.at("/tier").asText())) {
          assertThat(ask(ready.at("/gateway").asText(), key, model.asText())).isEqualTo(200);
        }
        expected.forEach(
            (state, status) ->
                assertThat(
                        ask(
                            ready.at("/gateway").asText(),
                            key,
                            ready.at("/models/" + state + "/0").asText()))
                    .as("%s for %s", state, key.at("/tier").asText())
                    .isEqualTo(status));
      }
      demo.terminate();
      assertThat(demo.exitCode()).isZero();
      awaitGone(ready);
      assertThat(demo.log()).doesNotContain("sluice_acme_", "Exception");
    }
  }

  @Test
  void killedItLeavesNothingBehindAndStartsAgain() throws Exception {
    for (int round = 0; round < 2; round++) {
      try (SluiceProcess demo = demo("--format", "json", "--ports", "random")) {
        JsonNode ready = new ObjectMapper().readTree(demo.line());
        assertThat(listens(ready.at("/redis").asText())).isTrue();
        demo.kill();
        awaitGone(ready);
      }
    }
  }

  @Test
  void withEdgesTheSameIsServedThroughThem() throws Exception {
    try (SluiceProcess demo =
        demo("--format", "json", "--ports", "random", "--edge", "nginx", "--edge", "envoy")) {
      JsonNode ready = new ObjectMapper().readTree(demo.line());
      JsonNode key = ready.at("/keys/0");
      String model = ready.at("/models/" + key.at("/tier").asText() + "/0").asText();
      for (String edge : List.of("nginx", "envoy")) {
        // Its first answers may come later than an edge waits, where the machine is busy.
        await().until(() -> ask(ready.at("/" + edge).asText(), key, model) == 200);
        assertThat(ask(ready.at("/" + edge).asText(), key, "nonsense")).isEqualTo(404);
      }
      demo.kill();
      awaitGone(ready);
      await()
          .until(
              () -> !listens(ready.at("/nginx").asText()) && !listens(ready.at("/envoy").asText()));
    }
  }

  @Test
  void twoRunSideBySide() throws Exception {
    try (SluiceProcess one = demo("--format", "json", "--ports", "random");
        SluiceProcess two = demo("--format", "json", "--ports", "random")) {
      assertThat(new ObjectMapper().readTree(one.line()).at("/gateway"))
          .isNotEqualTo(new ObjectMapper().readTree(two.line()).at("/gateway"));
    }
  }

  @Test
  void aPortInUseIsOneClearLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      try (SluiceProcess demo =
          new SluiceProcess(folder, Map.of("SLUICE_METRICS_PORT", port), "demo")) {
        assertThat(demo.exitCode()).isEqualTo(1);
        assertThat(demo.log().lines().filter(line -> !line.contains(" INFO ")))
            .singleElement()
            .asString()
            .matches(
                "sluice: the .* cannot listen on 127.0.0.1:\\d+: the port is in use.*--ports random\\.");
      }
    }
  }

  private SluiceProcess demo(String... words) {
    String[] all = new String[words.length + 1];
    all[0] = "demo";
    System.arraycopy(words, 0, all, 1, words.length);
    return new SluiceProcess(folder, Map.of(), all);
  }

  private static void awaitGone(JsonNode ready) {
    await()
        .until(
            () ->
                !listens(ready.at("/redis").asText())
                    && !listens(ready.at("/gateway").asText())
                    && !listens(ready.at("/backends/0").asText()));
  }

  private static boolean listens(String url) {
    URI address = URI.create(url);
    try (Socket socket = new Socket(address.getHost(), address.getPort())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int ask(String url, JsonNode key, String model) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(url + "/v1/chat/completions"))
                  .header("Authorization", "Bearer " + key.at("/key").asText())
                  .POST(HttpRequest.BodyPublishers.ofString(body(model, ",\"max_tokens\":2")))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
