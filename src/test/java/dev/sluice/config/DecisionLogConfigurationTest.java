package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.SluiceConfig.DecisionLog;
import dev.sluice.config.SluiceConfig.DecisionLog.Destination;
import dev.sluice.config.SluiceConfig.Refusals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sections {@code decisionLog} and {@code refusals}. */
final class DecisionLogConfigurationTest {
  private final Path folder;

  DecisionLogConfigurationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void nothingSaid_keepsRefusalsAndWritesNoLog() throws Exception {
    SluiceConfig settings = load("");

    assertThat(settings.decisionLog())
        .isEqualTo(new DecisionLog(new Destination.Nowhere(), 0.01, 10_000));
    assertThat(settings.refusals()).isEqualTo(new Refusals(100_000, Duration.ofHours(24), 10_000));
  }

  @Test
  void everythingSaid_isRead() throws Exception {
    SluiceConfig settings =
        load(
            """
            decisionLog: {to: logs/decisions.jsonl, sample: 0.5, queue: 7}
            refusals: {most: 0, keepFor: 1h, queue: 8}
            """);

    assertThat(settings.decisionLog())
        .isEqualTo(
            new DecisionLog(new Destination.File(folder.resolve("logs/decisions.jsonl")), 0.5, 7));
    assertThat(settings.refusals()).isEqualTo(new Refusals(0, Duration.ofHours(1), 8));
  }

  @Test
  void variable_replacesTheFile() throws Exception {
    assertThat(load("", Map.of("SLUICE_DECISION_LOG_TO", "stdout")).decisionLog().to())
        .isEqualTo(new Destination.StandardOutput());
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "1.0, 1", ".25, 0.25", "0.000000001, 0.000000001"})
  void sample_fromNothingToAll_isRead(String text, double sample) throws Exception {
    assertThat(load("decisionLog: {sample: " + text + "}\n").decisionLog().sample())
        .isEqualTo(sample);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "decisionLog: {sample: 1.5}   | decisionLog.sample: expected a number from 0 to 1",
        "decisionLog: {sample: 1%}    | decisionLog.sample: expected a number from 0 to 1",
        "decisionLog: {sample: -0.1}  | decisionLog.sample: expected a number from 0 to 1",
        "decisionLog: {sample: NaN}   | decisionLog.sample: expected a number from 0 to 1",
        "decisionLog: {queue: 0}      | decisionLog.queue: expected a whole number from 1",
        "decisionLog: {file: x}       | decisionLog.file: unknown",
        "decisionLog: stdout          | decisionLog: expected a map",
        "refusals: {most: -1}         | refusals.most: expected a whole number from 0",
        "refusals: {keepFor: 25h}     | refusals.keepFor: expected a duration",
        "refusals: {keepFor: 1s}      | refusals.keepFor: expected a duration",
      })
  void mistake_isToldWithItsPlace(String line, String message) {
    InvalidConfiguration invalid =
        catchThrowableOfType(InvalidConfiguration.class, () -> load(line + "\n"));

    assertThat(invalid.problems())
        .extracting(Problem::toString)
        .anyMatch(problem -> problem.contains("sluice.yaml:4: " + message));
  }

  private SluiceConfig load(String more) throws Exception {
    return load(more, Map.of());
  }

  private SluiceConfig load(String more, Map<String, String> environment)
      throws IOException, InvalidConfiguration {
    Files.writeString(
        folder.resolve("sambastack.yaml"), "serviceTiers:\n  web:\n  - {models: [m], qos: web}\n");
    Path file =
        Files.writeString(
            folder.resolve("sluice.yaml"),
            "sambastack: sambastack.yaml\ndeployments:\n"
                + "- {name: x, url: 'http://h', slots: 1, models: [m], qosList: [web]}\n"
                + more);
    return Configuration.load(file, environment).settings();
  }
}
