package dev.sluice.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  @ParameterizedTest
  @CsvSource({"1, 10", "2, 20", "3, 40", "4, 60", "1000, 60"})
  void after_failuresInARow_isTwiceAsLongEachTimeUpToTheBound(int failures, int seconds) {
    Backoff backoff = new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(60), 0);

    assertThat(backoff.after(failures, new Random(1))).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void after_withARandomFactor_isWithinItsPart() {
    Backoff backoff = new Backoff(Duration.ofSeconds(10), Duration.ofSeconds(60), 0.5);
    Random random = new Random(1);

    for (int i = 0; i < 100; i++) {
      assertThat(backoff.after(1, random)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(15));
    }
  }

  @Test
  void backoff_thatMakesNoSense_isRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, second, 0)).hasMessageContaining("zero");
    assertThatThrownBy(() -> new Backoff(second, Duration.ofMillis(1), 0))
        .hasMessageContaining("shorter");
    assertThatThrownBy(() -> new Backoff(second, second, 2)).hasMessageContaining("0 to 1");
  }
}
