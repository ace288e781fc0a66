package dev.sluice.ratelimit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
      Path directory = Files.createTempDirectory(Path.of("target"), "rules");
      for (Map.Entry<String, String> each : texts.entrySet()) {
        Path file = directory.resolve(each.getKey());
        Files.createDirectories(file.getParent());
        Files.writeString(file, each.getValue());
      }
      return RuleLoader.load(new RuleFiles(directory, ignoreDotFiles, merge));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
