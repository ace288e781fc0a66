package dev.sluice.consistency;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.account.KeyIssuer;
import dev.sluice.account.RecordKind;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.demo.SimulatedRequest;
import dev.sluice.policy.LimitText;
import dev.sluice.policy.OwnLimits;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three servers on one Redis, two hundred clients, and one server killed in the middle. */
class ThreeReplicasIT {
  private static final int CLIENTS = 200;
  private static final int RATE = 900;
  private static final int RUNNING = 20;
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - models: [small]
          queueDepth: 1000
          qos: web
          rates:
          - {allowedRequests: %d, periodSeconds: 7200}
          - {allowedRequests: 100000, periodSeconds: 86400}
      bundles:
        bundleDeploymentSpecs:
        - {name: one, groups: [{name: default, qosList: [web]}]}
      """
          .formatted(RATE);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<SluiceProcess> replicas = new ArrayList<>();

  @TempDir private Path folder;
  private Stack stack;

  @BeforeEach
  void start() {
    stack =
        new Stack(
            folder,
            SAMBASTACK,
            "",
            List.of(
                SimulatedBackendOptions.of("one", List.of("small"))
                    .withPace(Duration.ofMillis(20), 500)
                    .withSlots(CLIENTS)));
    for (int i = 0; i < 3; i++) {
      replicas.add(
          new SluiceProcess(
              folder,
              Map.of("SLUICE_LEASE", LEASE.toSeconds() + "s"),
              "serve",
              "--config",
              stack.configurationFile().toString()));
    }
    replicas.forEach(replica -> replica.door("gateway"));
  }

  @AfterEach
  void stop() {
    replicas.forEach(SluiceProcess::close);
    stack.close();
  }

  @Test
  void oneIsKilledInTheMiddle_rateIsNeverPassed_andTheOthersUseItUp() throws Exception {
    String key = stack.key("alice", "web");

    int answered = load(key, RATE / 2, 429);

    // What the killed one had admitted stays counted, though its clients never heard of it.
    int served = stack.backend(0).records().size();
    assertThat(served).isLessThanOrEqualTo(RATE);
    assertThat(answered).isLessThanOrEqualTo(served).isGreaterThan(RATE - CLIENTS);
    assertThat(ask(replicas.get(1).door("gateway"), key)).isEqualTo(429);
  }

  @Test
  void oneIsKilledInTheMiddle_neverMoreRunThanMay_andItsPlacesComeBackWithTheLease()
      throws Exception {
    KeyIssuer.Issued issued = stack.issue("bob", Optional.of("web"));
    stack.change(
        RecordKind.KEY,
        issued.record().id(),
        key ->
            key.under(key.terms().withLimits(OwnLimits.of(LimitText.parse("running=" + RUNNING)))));
    String key = issued.text().reveal();

    load(key, 300, 0);

    assertThat(mostAtOnce()).isBetween(2, RUNNING);
    // All of them are free again, those of the killed one too.
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> stack.get("/v1/key", key).body().replaceAll("\\s", ""), this::nothingRuns);
  }

  /** How many requests the backend worked on at the same time. */
  private int mostAtOnce() {
    List<Map.Entry<Instant, Integer>> changes = new ArrayList<>();
    for (SimulatedRequest request : stack.backend(0).records()) {
      if (request.startedAt().isPresent()) {
        changes.add(Map.entry(request.startedAt().get(), 1));
        changes.add(Map.entry(request.endedAt(), -1));
      }
    }
    // Of one instant, ends before starts.
    changes.sort(
        Map.Entry.<Instant, Integer>comparingByKey().thenComparing(Map.Entry.comparingByValue()));
    int running = 0;
    int most = 0;
    for (Map.Entry<Instant, Integer> change : changes) {
      running += change.getValue();
      most = Math.max(most, running);
    }
    return most;
  }

  private boolean nothingRuns(String keyInfo) {
    return keyInfo.matches("(?s).*\"concurrency\"[^}]*\"used\":0.*");
  }

  /**
   * All clients ask in turn at all replicas until a client is told {@code enough}, or enough were
   * served; the first replica is killed when a third was.
   *
   * @return how many clients were served
   */
  private int load(String key, int most, int enough) throws Exception {
    List<String> gateways = replicas.stream().map(replica -> replica.door("gateway")).toList();
    AtomicInteger served = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS + 1);
    try {
      List<Future<?>> all = new ArrayList<>();
      all.add(
          clients.submit(
              () -> {
                await().atMost(Duration.ofMinutes(2)).until(() -> served.get() > most / 3);
                replicas.get(0).kill();
              }));
      for (int client = 0; client < CLIENTS; client++) {
        int number = client;
        all.add(
            clients.submit(
                () -> {
                  for (int i = number; ; i++) {
                    int status = ask(gateways.get(i % 3), key);
                    served.addAndGet(status == 200 ? 1 : 0);
                    refused.addAndGet(status == 429 ? 1 : 0);
                    if (enough == 0 ? served.get() >= most : status == enough) {
                      return;
                    }
                  }
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
      return served.get();
    } finally {
      clients.shutdownNow();
    }
  }

  /** The status; 0 when the replica is gone. */
  private int ask(String gateway, String key) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(gateway + "/v1/chat/completions"))
            .header("Authorization", "Bearer " + key)
            .POST(HttpRequest.BodyPublishers.ofString(body("small", ",\"max_tokens\":1")))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
