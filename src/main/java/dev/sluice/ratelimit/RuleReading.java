package dev.sluice.ratelimit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import org.yaml.snakeyaml.nodes.Node;

/** One file while it is read: what is found is collected, so that all of it is reported at once. */
final class RuleReading {
  private final String file;
  private final List<RuleProblem> problems;

  RuleReading(String file, List<RuleProblem> problems) {
    this.file = file;
    this.problems = problems;
  }

  /** A problem with the file as a whole. */
  void error(String message) {
    problems.add(new RuleProblem(true, file, OptionalInt.empty(), message));
  }

  void error(Node at, String message) {
    problems.add(new RuleProblem(true, file, line(at), message));
  }

  void error(OptionalInt line, String message) {
    problems.add(new RuleProblem(true, file, line, message));
  }

  /** How many were found so far, in all files. */
  int errors() {
    return (int) problems.stream().filter(RuleProblem::error).count();
  }

  void warning(Node at, String message) {
    problems.add(new RuleProblem(false, file, line(at), message));
  }

  /** By file in the order in which they were read, then by line. */
  static List<RuleProblem> sorted(List<RuleProblem> problems) {
    List<String> files = problems.stream().map(RuleProblem::file).distinct().toList();
    List<RuleProblem> sorted = new ArrayList<>(problems);
    sorted.sort(
        Comparator.comparingInt((RuleProblem problem) -> files.indexOf(problem.file()))
            .thenComparingInt(problem -> problem.line().orElse(0)));
    return sorted;
  }

  RuleOrigin origin(Node at) {
    return new RuleOrigin(file, at.getStartMark().getLine() + 1);
  }

  static OptionalInt line(Node at) {
    return OptionalInt.of(at.getStartMark().getLine() + 1);
  }
}
