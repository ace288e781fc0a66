package dev.sluice.tls;

import java.util.List;
import java.util.stream.Collectors;

/** Files with which no door can speak TLS. */
public final class UnusableTls extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<TlsProblem> problems;

  UnusableTls(List<TlsProblem> problems) {
    super(problems.stream().map(TlsProblem::message).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  /** At least one. */
  public List<TlsProblem> problems() {
    return problems;
  }
}
