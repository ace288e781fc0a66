package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.bench.EdgeTarget.Kind;
import dev.sluice.policy.DoorMode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The benchmark runs and counts; nothing here speaks of speed. */
class EdgesBenchIT {
  private static EdgesBench.Options options(int rounds, List<EdgeCase> cases) {
    return new EdgesBench.Options(
        Duration.ofMillis(200),
        Duration.ofMillis(50),
        rounds,
        20,
        cases,
        Optional.empty(),
        List.of());
  }

  @Test
  void aShortRunHasAllFigures() throws Exception {
    EdgesFigures figures = EdgesBench.run(options(1, EdgeCase.ALL), progress -> {});

    assertThat(figures.measured()).hasSize(2 * EdgeCase.ALL.size());
    assertThat(figures.measured())
        .allSatisfy(
            measured -> {
              assertThat(measured.requests().failed()).isZero();
              assertThat(measured.requests().answered()).isPositive();
            });
    JsonNode json = new ObjectMapper().readTree(figures.json());
    assertThat(json.path("requests").asLong()).isEqualTo(figures.requests());
    for (EdgeCase each : EdgeCase.ALL) {
      assertThat(json.at("/cases/" + each.id() + "/cpu_micros/ratio/median").isNumber()).isTrue();
      assertThat(figures.table()).contains(each.name());
    }
    assertThat(figures.table())
        .contains(figures.requests() + " requests, all answered as expected");
  }

  @Test
  void anAnswerThatIsNotTheExpectedOneIsAFailure() throws Exception {
    List<UserKey> unknown = List.of(new UserKey("nobody", "no-key"));
    try (EdgesStack stack = new EdgesStack(List.of(), 1)) {
      EdgeTarget sluice = stack.sluice(DoorMode.FRONT);
      for (EdgeCase each : EdgeCase.ALL) {
        if (!each.anyService()) {
          assertOneFailure(each, sluice, unknown);
        }
      }
      // Taken for a service that counts, the one that does not is found out.
      EdgeTarget idle = stack.noOp();
      EdgeTarget impostor = new EdgeTarget(Kind.SLUICE, idle.grpc(), idle.http(), idle.process());
      for (EdgeCase each : EdgeCase.ALL) {
        if (!each.anyService() || each.id().equals("limit_over")) {
          assertOneFailure(each, impostor, unknown);
        }
      }
    }
  }

  private static void assertOneFailure(EdgeCase asked, EdgeTarget target, List<UserKey> keys) {
    try (ClosedLoop load = asked.opening().open(target, keys)) {
      Requests requests = load.run(Duration.ofMillis(20));
      assertThat(requests.failed()).as(asked.name()).isPositive();
      assertThatThrownBy(() -> requests.requireSuccess(asked.name()))
          .isInstanceOf(BenchFailed.class)
          .hasMessageContaining(asked.name());
    }
  }

  @Test
  void nothingToMeasureIsRefused() {
    assertThatThrownBy(() -> options(0, EdgeCase.ALL)).isInstanceOf(BenchFailed.class);
    assertThatThrownBy(() -> options(1, List.of()))
        .isInstanceOf(BenchFailed.class)
        .hasMessageContaining("cases");
  }
}
