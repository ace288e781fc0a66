package dev.sluice.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run; {@code src/bench/run fuzz} makes long ones. */
class FuzzIT {
  @TempDir private Path folder;

  @Test
  void brokenRequests_areAnsweredOrHungUpOn_andTheServerGoesOn() {
    List<String> rounds = new ArrayList<>();
    try (Fuzz fuzz = new Fuzz(1, folder)) {
      fuzz.run(Duration.ofSeconds(9), Duration.ofSeconds(3), rounds::add);
    }
    assertThat(rounds).isNotEmpty();
  }

  @Test
  void inputs_areOfEachKind_andTheSameByTheirNumber() {
    Set<String> kinds = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      Input input = Inputs.of(7, i);
      kinds.add(input.kind());
      assertThat(Inputs.of(7, i).describe()).isEqualTo(input.describe());
    }
    assertThat(kinds).hasSize(11);
  }
}
