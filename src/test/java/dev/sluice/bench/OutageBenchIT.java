package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.bench.Outage.Kind;
import dev.sluice.bench.Outage.Phase;
import dev.sluice.ratelimit.OutageAnswer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The benchmark runs and counts; nothing here speaks of speed. */
class OutageBenchIT {
  private static OutageBench.Options options(int rate, List<OutageAnswer> outages) {
    return new OutageBench.Options(
        rate,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        outages,
        !outages.isEmpty(),
        List.of());
  }

  @Test
  void aShortRunHasAllFigures() throws Exception {
    OutageFigures figures =
        OutageBench.run(options(100, List.of(OutageAnswer.OPEN)), progress -> {});

    assertThat(figures.outages())
        .extracting(Outage::name)
        .containsExactly("Sluice, open", "envoyproxy/ratelimit");
    JsonNode json = new ObjectMapper().readTree(figures.json());
    assertThat(figures.outages())
        .allSatisfy(
            outage -> {
              assertThat(outage.answers()).hasSize(300);
              assertThat(all(outage)).isEqualTo(300);
              assertThat(outage.countedByRedis()).isBetween(1L, 300L);
              assertThat(figures.table()).contains(outage.name());
              assertThat(json.at("/services").path(outage.name()).path("requests").asInt())
                  .isEqualTo(300);
            });
    Outage open = figures.outages().get(0);
    assertThat(open.count(Phase.STOPPED, Kind.PASSED_UNCOUNTED)).isPositive();
    assertThat(open.count(Phase.STOPPED, Kind.ERROR)).isZero();
  }

  private static long all(Outage outage) {
    return Arrays.stream(Phase.values())
        .flatMapToLong(
            phase -> Arrays.stream(Kind.values()).mapToLong(kind -> outage.count(phase, kind)))
        .sum();
  }

  @Test
  void nothingToMeasureIsRefused() {
    assertThatThrownBy(() -> options(0, List.of(OutageAnswer.OPEN)))
        .isInstanceOf(BenchFailed.class)
        .hasMessageContaining("rate");
    assertThatThrownBy(() -> options(100, List.of())).isInstanceOf(BenchFailed.class);
  }
}
