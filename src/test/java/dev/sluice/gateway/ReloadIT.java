package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.Configuration;
import dev.sluice.config.ConfigurationWatch;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.LogLines;
import dev.sluice.testing.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change while requests run. */
final class ReloadIT {
  private static final String FILE =
      """
      serviceTiers:
        web:
        - models: [%s]
          qos: %s
          rates: [{allowedRequests: %d, periodSeconds: 3600}]
      bundles:
        bundleDeploymentSpecs:
        - {name: one, groups: [{name: default, qosList: [%s]}]}
      """;

  @TempDir private Path folder;
  private Stack stack;
  private ConfigurationWatch<Configuration> watch;
  private String key;

  @BeforeEach
  void start() throws Exception {
    stack =
        new Stack(
            folder,
            FILE.formatted("small", "web", 1_000_000, "web"),
            "",
            List.of(
                SimulatedBackendOptions.of("one", List.of("small", "large"))
                    .withSlots(2)
                    .withPace(Duration.ofMillis(5), 1000)));
    watch = ConfigurationWatch.of(stack.configurationFile(), Map.of());
    watch.load();
    watch.follow(stack.follower(), Duration.ofMillis(50));
    key = stack.key("ada", "web");
  }

  @AfterEach
  void stop() {
    watch.close();
    stack.close();
  }

  private void write(String text) throws IOException {
    // As editors and Kubernetes do: never half of it.
    Path next = Files.writeString(folder.resolve("next"), text);
    Files.move(
        next,
        folder.resolve("sambastack.yaml"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private void awaitReloads(String result, int count) {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(stack.metrics())
                    .contains(
                        "sluice_config_reloads_total{result=\"%s\",} %d.0"
                            .formatted(result, count)));
  }

  @Test
  void aTierThatGetsAModel_itsUsersMayCallItAtOnce() throws Exception {
    assertThat(stack.chat(key, body("large")).statusCode()).isEqualTo(404);

    write(FILE.formatted("small, large", "web", 1000, "web"));
    awaitReloads("taken", 1);

    assertThat(stack.chat(key, body("large")).statusCode()).isEqualTo(200);
  }

  @Test
  void aLowerRate_countsWhatWasUsedBefore() throws Exception {
    assertThat(stack.chat(key, body("small")).statusCode()).isEqualTo(200);
    assertThat(stack.chat(key, body("small")).statusCode()).isEqualTo(200);

    write(FILE.formatted("small", "web", 2, "web"));
    awaitReloads("taken", 1);

    assertThat(stack.chat(key, body("small")).statusCode()).isEqualTo(429);
  }

  @Test
  void aBadChange_leavesTheOldInForceAndSaysWhere() throws Exception {
    write(FILE.formatted("small", "web", -1, "web"));
    awaitReloads("refused", 1);

    assertThat(stack.chat(key, body("small")).statusCode()).isEqualTo(200);
    String page =
        stack
            .send(HttpRequest.newBuilder(URI.create(stack.doors().debug() + "/config")).build())
            .body();
    assertThat(page).contains("sambastack.yaml:5: ", "allowedRequests");
    assertThat(stack.metrics()).contains("sluice_config_refused 1.0");

    write(FILE.formatted("small", "web", 5, "web"));
    awaitReloads("taken", 1);
    assertThat(stack.metrics()).contains("sluice_config_refused 0.0");
  }

  @Test
  void anEmptiedFile_isRefused() throws Exception {
    write("");
    awaitReloads("refused", 1);

    assertThat(stack.chat(key, body("small")).statusCode()).isEqualTo(200);
  }

  @Test
  void aTierThatGoes_isNamedAndItsUsersAreSaidToBeWithoutOne() throws Exception {
    // By name: what logs these is not public.
    try (LogLines log = LogLines.warnings("dev.sluice")) {
      write(FILE.formatted("small", "web", 1000, "web").replace("  web:", "  bronze:"));
      awaitReloads("taken", 1);
      write(FILE.formatted("small", "web", 1000, "web"));
      awaitReloads("taken", 2);
      assertThat(log.lines())
          .contains("tiers that are gone: bronze; whoever was given one of them may call no model");
    }
  }

  @Test
  void aTierThatAccountsHaveAndTheFilesNot_isSaidOnce() throws Exception {
    String gold = stack.key("eve", "gold");
    try (LogLines log = LogLines.warnings("dev.sluice.UnconfiguredTiers")) {
      assertThat(stack.chat(gold, body("small")).statusCode()).isEqualTo(404);
      assertThat(stack.chat(gold, body("small")).statusCode()).isEqualTo(404);

      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(stack.metrics())
                      .contains("sluice_unconfigured_tier_requests_total{tier=\"gold\",} 2.0"));
      assertThat(log.lines())
          .containsExactly(
              "tier gold is given to users but is not configured: its users may call no model");
    }
  }

  @Test
  void aSectionThatIsReadOnce_waitsForARestartUntilItIsAsItWas() throws Exception {
    Path ours = stack.configurationFile();
    String before = Files.readString(ours);

    Files.writeString(ours, before.replace("drainTimeout: 2s", "drainTimeout: 3s"));
    awaitReloads("taken", 1);
    assertThat(configPage()).contains("\"needsRestart\" : [ \"drainTimeout\" ]");
    assertThat(stack.metrics()).contains("sluice_config_needs_restart 1.0");

    // Another change does not make it forgotten.
    write(FILE.formatted("small", "web", 5, "web"));
    awaitReloads("taken", 2);
    assertThat(stack.metrics()).contains("sluice_config_needs_restart 1.0");

    Files.writeString(ours, before);
    awaitReloads("taken", 3);
    assertThat(configPage()).contains("\"needsRestart\" : [ ]");
    assertThat(stack.metrics()).contains("sluice_config_needs_restart 0.0");
  }

  private String configPage() {
    return stack
        .send(HttpRequest.newBuilder(URI.create(stack.doors().debug() + "/config")).build())
        .body();
  }

  @Test
  void changesUnderLoad_loseNoRequest() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int change = 1; change <= 6; change++) {
      for (int i = 0; i < 20; i++) {
        answers.add(
            stack
                .http()
                .sendAsync(
                    stack
                        .request("/v1/chat/completions", key)
                        .POST(HttpRequest.BodyPublishers.ofString(body("small")))
                        .build(),
                    HttpResponse.BodyHandlers.ofString()));
      }
      // The label changes in both places: those who wait with the old one are served all the same.
      String label = change % 2 == 0 ? "web" : "bronze";
      write(FILE.formatted("small", label, 1_000_000, label));
      awaitReloads("taken", change);
    }

    assertThat(answers).allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
  }
}
