package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/** Collects problems while files are read, so that all of them are reported at once. */
final class Problems {
  private final List<Problem> found = new ArrayList<>();

  void add(Severity severity, String file, OptionalInt line, String field, String message) {
    add(new Problem(severity, file, line, field, message));
  }

  void add(Problem problem) {
    found.add(problem);
  }

  /** By file, then by line; what is found twice, as in a tier and in one that inherits it, once. */
  List<Problem> all() {
    List<String> files = found.stream().map(Problem::file).distinct().toList();
    return found.stream()
        .distinct()
        .sorted(
            Comparator.comparingInt((Problem problem) -> files.indexOf(problem.file()))
                .thenComparingInt(problem -> problem.line().orElse(0)))
        .toList();
  }

  /** Goes on only when there is no error. */
  void throwIfInvalid() throws InvalidConfiguration {
    if (hasErrors()) {
      throw new InvalidConfiguration(all());
    }
  }

  boolean hasErrors() {
    return found.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
  }
}
