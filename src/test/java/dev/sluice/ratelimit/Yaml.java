package dev.sluice.ratelimit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Rules for tests. */
final class Yaml {
  private Yaml() {}

  static RuleTree rules(String yaml) {
    try {
      return load(Map.of("rules.yaml", yaml)).tree();
    } catch (InvalidRules e) {
      throw new AssertionError(e);
    }
  }

  static LoadedRules load(Map<String, String> texts) throws InvalidRules {
    return load(texts, false, false);
  }

  static LoadedRules load(Map<String, String> texts, boolean ignoreDotFiles, boolean merge)
      throws InvalidRules {
    try {
      Path directory = Files.createTempDirectory("rules");
      for (Map.Entry<String, String> each : texts.entrySet()) {
        Path file = directory.resolve(each.getKey());
        Files.createDirectories(file.getParent());
        Files.writeString(file, each.getValue());
      }
      try {
        return RuleLoader.load(new RuleFiles(directory, ignoreDotFiles, merge));
      } finally {
        delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> below = Files.walk(directory)) {
      for (Path each : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  /** The problems of one file, {@code file:line: message}. */
  static List<String> problems(String yaml) {
    return problems(Map.of("rules.yaml", yaml));
  }

  static List<String> problems(Map<String, String> texts) {
    try {
      return load(texts).warnings().stream().map(RuleProblem::toString).toList();
    } catch (InvalidRules e) {
      return e.problems().stream().map(RuleProblem::toString).toList();
    }
  }
}
