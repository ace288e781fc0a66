package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The benchmark runs and counts; nothing here speaks of speed. */
class PolicyBenchIT {
  private static PolicyBench.Options options(int tiers) {
    return new PolicyBench.Options(
        Duration.ofMillis(200),
        Duration.ofMillis(50),
        1,
        tiers,
        3,
        List.of("-XX:TieredStopAtLevel=1"));
  }

  @Test
  void aShortRunHasAllFigures() throws Exception {
    PolicyFigures figures = PolicyBench.run(options(50), progress -> {});

    JsonNode json = new ObjectMapper().readTree(figures.json());
    assertThat(json.path("requests").asLong()).isEqualTo(figures.requests());
    for (PolicyCase each : PolicyCase.all(50)) {
      assertThat(json.at("/cases/" + each.id() + "/cpu_micros/median").isNumber()).isTrue();
      assertThat(figures.table()).contains(each.name());
    }
    assertThat(json.at("/cases/limits_20_tiers_10/redis_ratio/median").isNumber()).isTrue();
    assertThat(figures.measured())
        .allSatisfy(measured -> assertThat(measured.requests().answered()).isPositive());
  }

  @Test
  void eachCase_hasAsManyLimitsAsItSays() {
    assertThat(PolicyCase.all(50))
        .allSatisfy(
            each ->
                assertThat(each.own().size() + (each.tier().equals("single") ? 1 : 3))
                    .isEqualTo(each.limits()));
  }

  @Test
  void nothingToMeasureIsRefused() {
    assertThatThrownBy(() -> options(10)).isInstanceOf(BenchFailed.class);
  }
}
