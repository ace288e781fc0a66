package dev.sluice.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For longer: {@code src/bench/run compare --minutes 5}. */
class RandomComparisonIT {
  @TempDir private Path folder;

  static LongStream seeds() {
    return LongStream.of(1, 2, ThreadLocalRandom.current().nextLong(1_000_000_000));
  }

  /** The name of the test tells the seed. */
  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void anyRulesAndRequests_areAnsweredAndCountedAlike(long seed) {
    assertThat(new RandomComparison(folder, seed).once()).isEmpty();
  }
}
