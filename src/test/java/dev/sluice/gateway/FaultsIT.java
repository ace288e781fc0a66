package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.demo.SimulatedRequest;
import dev.sluice.edge.TroubleLog;
import dev.sluice.testing.LogLines;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.Stack;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients see, and what is charged, when backends, clients or Redis fail. */
class FaultsIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - models: [fast, slow, gone]
          queueDepth: 1
          qos: web
          rates: {allowedRequests: 100, periodSeconds: 3600}
      bundles:
        bundleDeploymentSpecs:
        - {name: fast, groups: [{name: default, qosList: [web]}]}
        - {name: slow, groups: [{name: default, qosList: [web]}]}
        - {name: gone, groups: [{name: default, qosList: [web]}]}
      """;

  private static final int FAST = 0;
  private static final int SLOW = 1;
  private static final int GONE = 2;

  @TempDir private Path folder;
  private Stack stack;
  private String key;

  @BeforeEach
  void start() {
    stack =
        new Stack(
            folder,
            SAMBASTACK,
            """
            gateway:
              host: 127.0.0.1
              port: 0
              upstreamHeadTimeout: 700ms
              upstreamIdleTimeout: 700ms
              redisTimeout: 500ms
            """,
            List.of(
                SimulatedBackendOptions.of("fast", List.of("fast")),
                SimulatedBackendOptions.of("slow", List.of("slow"))
                    .withSlots(1)
                    .withPace(Duration.ofMillis(10), 20)
                    .withCompletionTokens(10_000),
                SimulatedBackendOptions.of("gone", List.of("gone"))));
    stack.backend(GONE).stop().toCompletableFuture().join();
    key = stack.key("alice", "web");
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  @Test
  void anErrorOfTheBackendIsPassedOnAsItIs() {
    HttpResponse<String> answer =
        stack.chat(key, body("fast"), "x-simulate", "status=503", "x-request-id", "mine");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("\"error\"");
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
    assertThat(answer.headers().firstValue("x-request-id")).contains("mine");
    assertThat(remaining()).isEqualTo("98");
  }

  @Test
  void aBackendThatHangsUpIs502() {
    HttpResponse<String> answer = stack.chat(key, body("fast"), "x-simulate", "drop");
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body())
        .contains("\"code\":\"backend_unavailable\"", "\"type\":\"server_error\"");
  }

  @Test
  void aBackendThatIsLateIs504() {
    HttpResponse<String> answer = stack.chat(key, body("fast"), "x-simulate", "delay=5s");
    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(answer.body()).contains("\"code\":\"backend_timeout\"");
    // Its slot is free again, and the backend was told to stop.
    await().until(() -> stack.backend(FAST).busy() == 0);
  }

  @Test
  void aBackendThatCannotBeReachedIs502AndNotCharged() {
    HttpResponse<String> answer;
    try (LogLines log = LogLines.warnings(TroubleLog.class)) {
      answer = stack.chat(key, body("gone"));
      await()
          .untilAsserted(
              () ->
                  assertThat(log.lines())
                      .contains("deployment gone cannot be reached: connection refused"));
    }
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body()).contains("\"code\":\"backend_unavailable\"");
    await()
        .untilAsserted(
            () ->
                assertThat(
                        stack
                            .chat(key, body("gone"))
                            .headers()
                            .firstValue("x-ratelimit-remaining-requests"))
                    .contains("99"));
  }

  @Test
  void aStreamThatBreaksOffBetweenEventsEndsWithAnErrorEvent() {
    HttpResponse<String> answer =
        stack.chat(key, body("fast", ",\"stream\":true"), "x-simulate", "cut=5");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("data: {\"error\":{", "\"code\":\"backend_unavailable\"")
        .doesNotContain("[DONE]")
        .endsWith("}\n\n");
  }

  @Test
  void aBodyThatBreaksOffBreaksTheConnection() {
    assertThatThrownBy(() -> stack.chat(key, body("fast"), "x-simulate", "cut=5"))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aStreamThatStallsIsEnded() {
    HttpResponse<String> answer =
        stack.chat(key, body("slow", ",\"stream\":true"), "x-simulate", "ttft=30s");
    assertThat(answer.body()).contains("\"code\":\"backend_timeout\"");
    await().until(() -> stack.backend(SLOW).busy() == 0);
  }

  @Test
  void aClientThatLeavesInMidStreamStopsTheBackendAndIsCharged() {
    try (RawClient client = new RawClient(stack.doors().gateway())) {
      client.chat(key, body("slow", ",\"stream\":true")).readUntil("data: ");
      assertThat(stack.backend(SLOW).busy()).isEqualTo(1);
    }
    await().until(() -> stack.backend(SLOW).busy() == 0);
    await().until(() -> stack.backend(SLOW).records().size() == 1);
    SimulatedRequest seen = stack.backend(SLOW).records().get(0);
    assertThat(seen.outcome()).isEqualTo(SimulatedRequest.Outcome.DISCONNECTED);
    assertThat(
            stack
                .chat(key, body("slow"), "x-simulate", "tokens=1")
                .headers()
                .firstValue("x-ratelimit-remaining-requests"))
        .contains("98");
    await().untilAsserted(() -> assertThat(inFlight()).isZero());
  }

  @Test
  void aClientThatDoesNotReadIsCutOffAndItsConnectionToo() throws Exception {
    try (RawClient client = new RawClient(stack.doors().gateway(), 4096)) {
      client.chat(
          key, body("fast", ",\"stream\":true,\"stream_options\":{}"), "x-simulate: tokens=400000");
      await().until(() -> stack.backend(FAST).busy() == 1);
      await().until(() -> stack.metrics().contains("outcome=\"client_stalled\",} 1.0"));
      await().untilAsserted(() -> assertThat(inFlight()).isZero());
      await()
          .untilAsserted(
              () ->
                  assertThat(stack.metrics())
                      .contains("sluice_connections{door=\"gateway\",} 0.0"));
    }
  }

  @Test
  void aClientThatLeavesTheQueueFreesItsPlaceAndIsNotCharged() {
    try (RawClient running = new RawClient(stack.doors().gateway())) {
      running.chat(key, body("slow", ",\"stream\":true")).readUntil("data: ");
      try (RawClient waiting = new RawClient(stack.doors().gateway())) {
        waiting.chat(key, body("slow"));
        awaitWaiters(1);
        assertThat(queuePage()).contains("\"model\" : \"slow\"").doesNotContain("fast");
        HttpResponse<String> full = stack.chat(key, body("slow"));
        assertThat(full.statusCode()).isEqualTo(503);
        assertThat(full.body()).contains("\"code\":\"queue_full\"", "1 request waits, 1 may");
        assertThat(full.headers().firstValue("retry-after")).isPresent();
        // One runs, one waits, and this one was taken back.
        assertThat(full.headers().firstValue("x-ratelimit-remaining-requests")).contains("98");
      }
      awaitWaiters(0);
      try (RawClient next = new RawClient(stack.doors().gateway())) {
        next.chat(key, body("slow"));
        awaitWaiters(1);
      }
      awaitWaiters(0);
    }
    // Of five requests only the one that ran is charged, and then this one.
    await().until(() -> stack.backend(SLOW).busy() == 0);
    HttpResponse<String> last = stack.chat(key, body("slow"), "x-simulate", "tokens=1");
    assertThat(last.headers().firstValue("x-ratelimit-remaining-requests")).contains("98");
    await()
        .untilAsserted(
            () ->
                assertThat(stack.metrics())
                    .contains("reason=\"queue_full\",} 1.0", "reason=\"disconnected\",} 2.0"));
  }

  @Test
  void withoutRedisKnownKeysAreServedByTheShareAndTheirRequestsCountedAfterwards()
      throws Exception {
    String stranger = stack.key("bob", "web");
    stack.chat(key, body("fast"));
    signal("STOP");
    try {
      HttpResponse<String> served = stack.chat(key, body("fast"));
      assertThat(served.statusCode()).isEqualTo(200);
      // How much is left nobody knows.
      assertThat(served.headers().firstValue("x-ratelimit-remaining-requests")).isEmpty();
      assertThat(stack.get("/v1/models", key).statusCode()).isEqualTo(200);
      HttpResponse<String> left = stack.get("/v1/key", key);
      assertThat(left.statusCode()).isEqualTo(200);
      assertThat(left.body()).contains("\"limit\":100,", "\"used\":null,\"remaining\":null");
      assertThat(ready().statusCode()).isEqualTo(200);
      assertThat(ready().body()).isEqualTo("ready, though Redis does not answer\n");
      assertThat(stack.metrics())
          .contains("sluice_deciding_without_redis 1.0")
          .contains("sluice_decisions_without_redis_total{outcome=\"admitted\",} 1.0");

      long asked = System.nanoTime();
      HttpResponse<String> answer = stack.chat(stranger, body("fast"));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("\"code\":\"limits_unavailable\"");
      assertThat(answer.headers().firstValue("retry-after")).isPresent();
      assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(30));
      HttpResponse<String> models = stack.get("/v1/models", stranger);
      assertThat(models.statusCode()).isEqualTo(503);
      assertThat(models.body())
          .contains("limits_unavailable", "Your key cannot be checked at present. Try again.");
    } finally {
      signal("CONT");
    }
    await().until(() -> stack.metrics().contains("sluice_deciding_without_redis 0.0"));
    assertThat(ready().body()).isEqualTo("ready\n");
    // The one before, the one without Redis, and this one.
    assertThat(remaining()).isEqualTo("97");
  }

  /** What remains after one more request. */
  private String remaining() {
    return stack
        .chat(key, body("fast"))
        .headers()
        .firstValue("x-ratelimit-remaining-requests")
        .orElseThrow();
  }

  private double inFlight() {
    return stack
        .metrics()
        .lines()
        .filter(line -> line.startsWith("sluice_in_flight{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /** What waits, without what runs. */
  private String queuePage() {
    String page =
        stack
            .send(HttpRequest.newBuilder(URI.create(stack.doors().debug() + "/queue")).build())
            .body();
    return page.substring(0, page.indexOf("deployments"));
  }

  private void awaitWaiters(int waiters) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        stack
                            .metrics()
                            .lines()
                            .filter(line -> line.startsWith("sluice_queue_length{"))
                            .filter(line -> line.contains("\"slow\""))
                            .mapToDouble(
                                line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                            .sum())
                    .isEqualTo(waiters));
  }

  private HttpResponse<String> ready() {
    return stack.send(
        java.net.http.HttpRequest.newBuilder(
                java.net.URI.create(stack.doors().metrics() + "/ready"))
            .build());
  }

  private void signal(String name) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(stack.redis().pid()))
                .start()
                .waitFor())
        .isZero();
  }
}
