package dev.sluice.edges;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.demo.EdgeFiles;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whichever way a request comes, and however often an edge tries it, it is counted once. */
class ChargedOnceIT {
  private static final int LIMIT = 1000;

  @TempDir private static Path folder;
  private static Edges edges;
  private static Way gateway;

  @BeforeAll
  static void start() {
    edges = new Edges(folder, Tiers.SAMBASTACK);
    gateway = edges.way("gateway");
  }

  @AfterAll
  static void stop() {
    edges.close();
  }

  @BeforeEach
  void forget() {
    gateway.stack().backend(0).clearRecords();
  }

  @Test
  void threeRequests_anyWay_moveTheCounterByOneEach() {
    for (Way way : edges.ways()) {
      String bearer = "Bearer " + way.stack().key("plain-" + way.name().hashCode(), "web");

      List<Integer> remaining =
          IntStream.range(0, 3)
              .mapToObj(i -> remaining(way.chat(bearer, "small", body("small"))))
              .toList();

      assertThat(remaining).as("%s", way).containsExactly(LIMIT - 1, LIMIT - 2, LIMIT - 3);
    }
  }

  @Test
  void edgeThatRetries_threeAttemptsReachTheBackend_chargedOnce() {
    EdgeFiles retrying =
        Edges.edited(
            EdgeFiles.envoy(),
            text -> text.replace("retry_on: connect-failure,refused-stream", "retry_on: 5xx"));
    Way way = envoy("envoy-retrying", retrying);
    String bearer = "Bearer " + way.stack().key("retried", "web");

    HttpResponse<String> response =
        way.chat(bearer, "small", body("small"), "x-simulate", "status=500");

    assertThat(response.statusCode()).isEqualTo(500);
    Awaitility.await()
        .untilAsserted(() -> assertThat(gateway.stack().backend(0).records()).hasSize(3));
    assertThat(charged(bearer)).isEqualTo(1);
  }

  @Test
  void edgeThatHedges_attemptsRunAtOnce_chargedOnce() {
    EdgeFiles hedging =
        Edges.edited(
            EdgeFiles.envoy(),
            text ->
                text.replace(
                        "retry_on: connect-failure,refused-stream",
                        "retry_on: 5xx\n                    per_try_timeout: 0.3s")
                    .replace(
                        "                  timeout: 0s\n",
                        "                  timeout: 0s\n                  hedge_policy: {hedge_on_per_try_timeout: true}\n"));
    Way way = envoy("envoy-hedging", hedging);
    String bearer = "Bearer " + way.stack().key("hedged", "web");

    HttpResponse<String> response =
        way.chat(bearer, "small", body("small"), "x-simulate", "delay=800ms");

    assertThat(response.statusCode()).isEqualTo(200);
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(gateway.stack().backend(0).records().size()).isGreaterThan(1));
    assertThat(charged(bearer)).isEqualTo(1);
  }

  @Test
  void requestRefusedAtTheGateway_afterAProof_isNotCharged() {
    for (String name : List.of("Envoy + gateway", "NGINX + gateway")) {
      Way way = edges.way(name);
      String bearer = "Bearer " + way.stack().key("refused-" + name.hashCode(), "web");

      assertThat(way.chat(bearer, "old", body("old")).statusCode()).isEqualTo(410);
      assertThat(way.chat(bearer, "small", "no JSON").statusCode()).isEqualTo(400);

      assertThat(charged(bearer)).isZero();
    }
  }

  private static Way envoy(String name, EdgeFiles files) {
    String url = edges.start(name, files, gateway.stack()) + "/v1/chat/completions";
    return new Way(name, gateway.stack(), true, true, model -> url);
  }

  /** How often, before one more request that comes directly. */
  private static int charged(String bearer) {
    return LIMIT - 1 - remaining(gateway.chat(bearer, "small", body("small")));
  }

  private static int remaining(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Integer.parseInt(
        response.headers().firstValue("x-ratelimit-remaining-requests").orElseThrow());
  }
}
