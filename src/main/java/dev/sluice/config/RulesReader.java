package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import dev.sluice.ratelimit.InvalidRules;
import dev.sluice.ratelimit.LoadedRules;
import dev.sluice.ratelimit.RuleFiles;
import dev.sluice.ratelimit.RuleLoader;
import dev.sluice.ratelimit.RuleProblem;
import dev.sluice.ratelimit.RuleTree;
import java.util.List;

/** Envoy's descriptor rules as a part of a configuration: problems name whole paths. */
public final class RulesReader {
  private RulesReader() {}

  /**
   * Reads the files of several places as if they were in one directory. Blocks.
   *
   * @throws InvalidConfiguration with all errors of all files
   */
  public static LoadedRules load(List<RuleFiles> places) throws InvalidConfiguration {
    try {
      return RuleLoader.load(places);
    } catch (InvalidRules e) {
      throw new InvalidConfiguration(e.problems().stream().map(RulesReader::problem).toList());
    }
  }

  /** The same as a part of more; no rules, with problems, when they cannot be used. */
  static RuleTree read(RuleFiles files, Problems problems) {
    try {
      LoadedRules loaded = RuleLoader.load(List.of(files));
      loaded.warnings().forEach(warning -> problems.add(problem(warning)));
      return loaded.tree();
    } catch (InvalidRules e) {
      e.problems().forEach(problem -> problems.add(problem(problem)));
      return RuleTree.EMPTY;
    }
  }

  /** A problem of a rule file as one of the configuration. */
  public static Problem problem(RuleProblem found) {
    return new Problem(
        found.error() ? Severity.ERROR : Severity.WARNING,
        found.file(),
        found.line(),
        "",
        found.message());
  }
}
