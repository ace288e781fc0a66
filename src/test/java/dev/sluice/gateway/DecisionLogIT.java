package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.CannotStart;
import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.Stack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The decision log of a whole server. */
class DecisionLogIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - {models: [small], queueDepth: 5, qos: web}
      bundles:
        bundleDeploymentSpecs:
        - name: one
          groups: [{name: default, minReplicas: 1, qosList: [web]}]
      """;

  @TempDir private Path folder;

  @Test
  void stop_writesWhatWasDecidedBefore() throws IOException {
    try (Stack stack = start("decisionLog: {to: decisions.jsonl, sample: 1}\n")) {
      String key = stack.key("ada", "web");
      stack.chat(key, body("small"), "x-request-id", "passed");
      stack.chat(key, body("nope"), "x-request-id", "refused");
    }

    assertThat(Files.readAllLines(folder.resolve("decisions.jsonl")))
        .satisfiesExactlyInAnyOrder(
            line ->
                assertThat(line)
                    .contains(
                        "\"requestId\":\"passed\",\"door\":\"gateway\",\"decision\":\"admitted\"",
                        "\"user\":\"ada\"",
                        "\"qos\":\"web\"",
                        "\"tookMillis\":"),
            line ->
                assertThat(line)
                    .contains(
                        "\"requestId\":\"refused\"",
                        "\"decision\":\"model_not_found\",\"status\":404",
                        "\"message\":\"The model `nope` does not exist"));
  }

  @Test
  void start_placeThatCannotBeWritten_isAnErrorThatNamesIt() {
    String file = folder.resolve("nowhere/decisions.jsonl").toString();

    assertThatThrownBy(() -> start("decisionLog: {to: nowhere/decisions.jsonl}\n").close())
        .cause()
        .isInstanceOf(CannotStart.class)
        .hasMessageContainingAll("the decision log cannot be written", file, "decisionLog.to");
  }

  private Stack start(String more) {
    return new Stack(
        folder, SAMBASTACK, more, List.of(SimulatedBackendOptions.of("one", List.of("small"))));
  }
}
