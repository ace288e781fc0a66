package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.account.KeyIssuer;
import dev.sluice.account.RecordKind;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Stack;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one Redis, one of them a process of its own. */
class TwoProcessesIT {
  private static final int LIMIT = 500;
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - models: [small]
          queueDepth: 1000
          qos: web
          rates:
          - {allowedRequests: %d, periodSeconds: 3600}
          - {allowedRequests: 100000, periodSeconds: 86400}
      bundles:
        bundleDeploymentSpecs:
        - {name: one, groups: [{name: default, qosList: [web]}]}
      """
          .formatted(LIMIT);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private Path folder;
  private Stack stack;
  private SluiceProcess second;

  @BeforeEach
  void start() {
    stack =
        new Stack(
            folder,
            SAMBASTACK,
            "",
            List.of(
                SimulatedBackendOptions.of("one", List.of("small"))
                    .withPace(Duration.ZERO, 500)
                    .withCompletionTokens(2000)));
    second =
        new SluiceProcess(
            folder,
            Map.of("SLUICE_DRAIN_TIMEOUT", "30s"),
            "serve",
            "--config",
            stack.configurationFile().toString());
    second.door("gateway");
  }

  @AfterEach
  void stop() {
    second.close();
    stack.close();
  }

  @Test
  void sixtyFourClientsOfBothAreAdmittedExactlyAsOftenAsTheLimitAllows() throws Exception {
    String key = stack.key("alice", "web");
    List<String> gateways = List.of(stack.doors().gateway(), second.door("gateway"));
    ExecutorService clients = Executors.newFixedThreadPool(64);
    try {
      List<Future<List<Integer>>> results = new ArrayList<>();
      for (int client = 0; client < 64; client++) {
        String gateway = gateways.get(client % 2);
        results.add(
            clients.submit(() -> IntStream.range(0, 12).mapToObj(i -> ask(gateway, key)).toList()));
      }
      int admitted = 0;
      int refused = 0;
      for (Future<List<Integer>> result : results) {
        for (int status : result.get()) {
          admitted += status == 200 ? 1 : 0;
          refused += status == 429 ? 1 : 0;
        }
      }
      assertThat(admitted).isEqualTo(LIMIT);
      assertThat(refused).isEqualTo(64 * 12 - LIMIT);
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  void aKeyThatIsRevokedAtOneIsRefusedByTheNextDecisionOfTheOther() {
    KeyIssuer.Issued issued = stack.issue("leaver", Optional.of("web"));
    String gateway = second.door("gateway");
    assertThat(ask(gateway, issued.text().reveal())).isEqualTo(200);
    stack.replace(issued.record().revoke());
    assertThat(ask(gateway, issued.text().reveal())).isEqualTo(401);
  }

  @Test
  void whenItIsToldToEndReadinessGoesWhatRunsIsFinishedAndItExitsWithZero() {
    String gateway = second.door("gateway");
    String metrics = second.door("metrics");
    String key = stack.key("alice", "web");
    try (RawClient client = new RawClient(gateway)) {
      client.chat(key, body("small", ",\"stream\":true"));
      client.readUntil("data: ");
      second.terminate();
      await().until(() -> get(metrics + "/ready") == 503);
      assertThat(get(metrics + "/live")).isEqualTo(200);
      await().until(() -> get(gateway + "/v1/models") == 0);
      assertThat(client.readUntil("data: [DONE]")).contains("\"finish_reason\":\"stop\"");
    }
    assertThat(second.exitCode()).isZero();
    assertThat(second.log())
        .contains("draining: 1 request running", "stopped")
        .doesNotContain("Exception");
  }

  @Test
  void whatDoesNotEndInTimeIsToldSo() {
    String key = stack.key("alice", "web");
    try (SluiceProcess hurried =
            new SluiceProcess(
                folder,
                Map.of("SLUICE_DRAIN_TIMEOUT", "1s", "SLUICE_DEPLOYMENTS_0_SLOTS", "1"),
                "serve",
                "--config",
                stack.configurationFile().toString());
        RawClient running = new RawClient(hurried.door("gateway"));
        RawClient waiting = new RawClient(hurried.door("gateway"))) {
      running.chat(key, body("small", ",\"stream\":true")).readUntil("data: ");
      waiting.chat(key, body("small"));
      await().until(() -> waits(hurried.door("metrics")));
      hurried.terminate();
      assertThat(running.readToEnd()).contains("data: {\"error\":", "server_is_stopping");
      assertThat(waiting.readToEnd()).contains("503 Service Unavailable", "server_is_stopping");
      assertThat(hurried.exitCode()).isZero();
      assertThat(hurried.log()).contains("cutting off 2 requests").doesNotContain("Exception");
    }
    // The one that waited was not charged.
    assertThat(
            stack
                .chat(key, body("small", ",\"max_tokens\":1"))
                .headers()
                .firstValue("x-ratelimit-remaining-requests"))
        .contains(Integer.toString(LIMIT - 2));
  }

  private boolean waits(String metrics) {
    try {
      return http.send(
              HttpRequest.newBuilder(URI.create(metrics + "/metrics")).build(),
              HttpResponse.BodyHandlers.ofString())
          .body()
          .contains("sluice_queue_length{model=\"small\",qos=\"web\",} 1.0");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aServerThatIsKilledGivesBackNothingThatItDidNotUse() {
    String key = stack.key("alice", "web");
    assertThat(ask(second.door("gateway"), key)).isEqualTo(200);
    second.kill();
    assertThat(
            stack
                .chat(key, body("small", ",\"max_tokens\":1"))
                .headers()
                .firstValue("x-ratelimit-remaining-requests"))
        .contains(Integer.toString(LIMIT - 2));
  }

  @Test
  void whatRanAtAServerThatIsKilledRunsNoLongerWhenItsLeaseIsOver() {
    KeyIssuer.Issued issued = stack.issue("orphaned", Optional.of("web"));
    String key = issued.text().reveal();
    stack.change(
        RecordKind.KEY,
        issued.record().id(),
        one -> one.under(one.terms().withLimits(OwnLimits.of(LimitText.parse("running=1")))));
    try (SluiceProcess doomed =
            new SluiceProcess(
                folder,
                Map.of("SLUICE_LEASE", "15s"),
                "serve",
                "--config",
                stack.configurationFile().toString());
        RawClient client = new RawClient(doomed.door("gateway"))) {
      client.chat(key, body("small", ",\"stream\":true"), "x-simulate: ttft=300s");
      await().until(() -> running(key) == 1);
      // It is renewed for longer than a lease.
      await()
          .pollDelay(Duration.ofSeconds(17))
          .atMost(Duration.ofMinutes(1))
          .until(() -> running(key) == 1);
      assertThat(ask(stack.doors().gateway(), key)).isEqualTo(429);

      doomed.kill();

      await().atMost(Duration.ofMinutes(2)).until(() -> ask(stack.doors().gateway(), key) == 200);
    }
  }

  private int running(String key) {
    Matcher used =
        Pattern.compile("\"concurrency\"[^}]*\"used\":([0-9]+)")
            .matcher(stack.get("/v1/key", key).body());
    return used.find() ? Integer.parseInt(used.group(1)) : -1;
  }

  private int ask(String gateway, String key) {
    return status(
        HttpRequest.newBuilder(URI.create(gateway + "/v1/chat/completions"))
            .header("Authorization", "Bearer " + key)
            .POST(HttpRequest.BodyPublishers.ofString(body("small", ",\"max_tokens\":1")))
            .build());
  }

  private int get(String url) {
    return status(HttpRequest.newBuilder(URI.create(url)).build());
  }

  /** 0 when nobody listens. */
  private int status(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    } catch (ConnectException e) {
      return 0;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
