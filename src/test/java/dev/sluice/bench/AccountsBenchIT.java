package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The benchmark runs and counts; nothing here speaks of speed. */
class AccountsBenchIT {
  private static AccountsBench.Options options(int few, int many) {
    return new AccountsBench.Options(
        Duration.ofMillis(200),
        Duration.ofMillis(50),
        1,
        few,
        many,
        List.of("-XX:TieredStopAtLevel=1"),
        List.of("-XX:+UseSerialGC", "-Xmx32m"));
  }

  @Test
  void aShortRunHasAllFigures() throws Exception {
    AccountsFigures figures = AccountsBench.run(options(100, 1_000), progress -> {});

    assertThat(figures.measured()).hasSameSizeAs(AccountsCase.all(1_000));
    assertThat(figures.measured())
        .allSatisfy(
            measured -> {
              assertThat(measured.requests().failed()).isZero();
              assertThat(measured.requests().answered()).isPositive();
            });
    // Ten organizations with a project each, a hundred users, a thousand keys.
    assertThat(figures.size().records()).isEqualTo(1_120);
    assertThat(figures.stored().bytes()).containsOnlyKeys("organization", "user", "key");
    assertThat(figures.stored().bytes().values()).allSatisfy(b -> assertThat(b).isPositive());
    JsonNode json = new ObjectMapper().readTree(figures.json());
    assertThat(json.path("requests").asLong()).isEqualTo(figures.requests());
    for (AccountsCase each : AccountsCase.all(1_000)) {
      assertThat(json.at("/cases/" + each.id() + "/cpu_micros/median").isNumber()).isTrue();
      assertThat(figures.table()).contains(each.name());
    }
    assertThat(json.at("/cases/full_100_large/cpu_ratio/median").isNumber()).isTrue();
    assertThat(figures.table())
        .contains(figures.requests() + " requests, all answered as expected");
  }

  @Test
  void nothingToMeasureIsRefused() {
    assertThatThrownBy(() -> options(100, 100)).isInstanceOf(BenchFailed.class);
    assertThatThrownBy(() -> AccountsFile.Size.ofKeys(0)).isInstanceOf(BenchFailed.class);
  }
}
