package dev.sluice.config;

import dev.sluice.config.Problem.Severity;
import dev.sluice.ratelimit.InvalidRules;
import dev.sluice.ratelimit.LoadedRules;
import dev.sluice.ratelimit.RuleFiles;
import dev.sluice.ratelimit.RuleLoader;
import dev.sluice.ratelimit.RuleProblem;
import dev.sluice.ratelimit.RuleTree;
import java.nio.file.Path;

/** Envoy's descriptor rules as a part of a configuration: problems name whole paths. */
public final class RulesReader {
  private RulesReader() {}

  /**
   * Reads all files of a directory. Blocks.
   *
   * @throws InvalidConfiguration with all errors of all files
   */
  public static LoadedRules load(RuleFiles files) throws InvalidConfiguration {
    try {
      return RuleLoader.load(files);
    } catch (InvalidRules e) {
      throw new InvalidConfiguration(
          e.problems().stream().map(problem -> problem(files.directory(), problem)).toList());
    }
  }

  /** The same as a part of more; no rules, with problems, when they cannot be used. */
  static RuleTree read(RuleFiles files, Problems problems) {
    try {
      LoadedRules loaded = RuleLoader.load(files);
      loaded.warnings().forEach(warning -> problems.add(problem(files.directory(), warning)));
      return loaded.tree();
    } catch (InvalidRules e) {
      e.problems().forEach(problem -> problems.add(problem(files.directory(), problem)));
      return RuleTree.EMPTY;
    }
  }

  /** A problem of a rule file as one of the configuration. */
  public static Problem problem(Path directory, RuleProblem found) {
    return new Problem(
        found.error() ? Severity.ERROR : Severity.WARNING,
        // A problem with the directory itself names that.
        found.file().equals(directory.toString())
            ? found.file()
            : directory.resolve(found.file()).toString(),
        found.line(),
        "",
        found.message());
  }
}
