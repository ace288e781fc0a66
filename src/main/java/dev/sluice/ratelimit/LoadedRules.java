package dev.sluice.ratelimit;

import java.util.List;

/** Rules that can be used, and what an operator should know about them all the same. */
public record LoadedRules(RuleTree tree, List<RuleProblem> warnings) {
  public LoadedRules {
    warnings = List.copyOf(warnings);
  }
}
