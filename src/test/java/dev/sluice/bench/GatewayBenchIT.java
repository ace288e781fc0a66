package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The benchmark runs and counts; nothing here speaks of speed. */
class GatewayBenchIT {
  @Test
  void aShortRunHasAllFigures() throws Exception {
    GatewayBench.Options options =
        new GatewayBench.Options(
            Duration.ofMillis(300), Duration.ofMillis(100), 1, 4, 50, List.of());

    GatewayFigures figures = GatewayBench.run(options, progress -> {});

    // Two targets under three closed workloads, three targets under the open one.
    assertThat(figures.measured()).hasSize(2 * 3 + 3);
    assertThat(figures.measured())
        .allSatisfy(
            measured -> {
              assertThat(measured.requests().failed()).isZero();
              assertThat(measured.requests().answered()).isPositive();
            });
    assertThat(figures.measured())
        .filteredOn(measured -> measured.asked().open())
        .allSatisfy(measured -> assertThat(measured.requests().answered()).isEqualTo(15));
    JsonNode json = new ObjectMapper().readTree(figures.json());
    assertThat(json.path("requests").asLong()).isEqualTo(figures.requests());
    assertThat(json.at("/cpu_micros/request/ratio/median").isNumber()).isTrue();
    assertThat(json.at("/cpu_micros/chunk/ratio/median").isNumber()).isTrue();
    assertThat(json.at("/latency_micros/p99/sluice_adds/median").isNumber()).isTrue();
    assertThat(figures.table())
        .contains("bare proxy", figures.requests() + " requests, all answered as expected");
  }

  @Test
  void anAnswerThatIsNotTheExpectedOneIsAFailure() {
    Vertx vertx = Vertx.vertx();
    try {
      int port =
          vertx
              .createHttpServer()
              .requestHandler(request -> request.response().end("{}"))
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .join()
              .actualPort();
      Target target =
          new Target(
              Target.Kind.STRAIGHT, "http://127.0.0.1:" + port, "none", ProcessHandle.current());
      try (Load load = new Load(vertx, target, GatewayBench.WHOLE)) {
        Requests requests = load.open(100, Duration.ofMillis(50));
        assertThat(requests.failed()).isEqualTo(5);
        assertThat(requests.failure().orElse("")).contains("200", "in: {}");
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void nothingToMeasureIsRefused() {
    assertThatThrownBy(
            () ->
                new GatewayBench.Options(Duration.ofSeconds(1), Duration.ZERO, 0, 4, 50, List.of()))
        .isInstanceOf(BenchFailed.class)
        .hasMessageContaining("rounds");
  }

  @Test
  void sluiceRunsWithTheFlagsOfItsLauncher() throws IOException {
    assertThat(Files.readString(Path.of("sluice")))
        .contains("exec \"$java\" " + String.join(" ", Processes.LAUNCHER_FLAGS) + " ");
  }
}
