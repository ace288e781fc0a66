package dev.sluice.ratelimit;

import java.util.List;
import java.util.stream.Collectors;

/** Rule files that cannot be used, with everything that is wrong with any of them. */
public final class InvalidRules extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<RuleProblem> problems;

  InvalidRules(List<RuleProblem> problems) {
    super(problems.stream().map(RuleProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Errors and warnings, by file, then by line. */
  public List<RuleProblem> problems() {
    return problems;
  }
}
