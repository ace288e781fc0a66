package dev.sluice.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sluice beside the real envoyproxy/ratelimit, each with a Redis of its own, in the situations of
 * {@code src/test/resources/comparison}: answers, keys, statistics, pages and health are the same.
 */
class ConformanceIT {
  private static final Path SITUATIONS = Path.of("src/test/resources/comparison");

  @TempDir private Path folder;

  static List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(SITUATIONS)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void sameEnvironmentRulesAndRequests_areAnsweredAndCountedAlike(String file) {
    assertThat(Comparison.run(folder, Situations.read(SITUATIONS.resolve(file)))).isEmpty();
  }
}
