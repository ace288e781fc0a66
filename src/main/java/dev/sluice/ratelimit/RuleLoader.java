package dev.sluice.ratelimit;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Reads rule files as envoyproxy/ratelimit writes them. Blocks: not for an event loop. */
public final class RuleLoader {
  private RuleLoader() {}

  /**
   * Reads all files.
   *
   * @throws InvalidRules with every error of every file
   */
  public static LoadedRules load(RuleFiles files) throws InvalidRules {
    List<RuleProblem> problems = new ArrayList<>();
    Map<String, RuleNode> domains = new HashMap<>();
    for (Path file : list(files, problems)) {
      String name = name(files.directory(), file);
      RuleReading reading = new RuleReading(name, problems);
      int before = problems.size();
      var document = RuleYaml.read(file, reading);
      boolean unreadable = problems.stream().skip(before).anyMatch(RuleProblem::error);
      if (!unreadable) {
        new RuleReader(reading, domains, files.mergeDomains()).read(document);
      }
    }
    List<RuleProblem> sorted = RuleReading.sorted(problems);
    if (sorted.stream().anyMatch(RuleProblem::error)) {
      throw new InvalidRules(sorted);
    }
    return new LoadedRules(new RuleTree(domains), sorted);
  }

  private static List<Path> list(RuleFiles files, List<RuleProblem> problems) {
    try {
      return new DirectoryFiles(files.directory(), files.ignoreDotFiles()).list();
    } catch (IOException e) {
      String why =
          e instanceof NoSuchFileException
              ? "there is no such directory"
              : String.valueOf(e.getMessage());
      problems.add(
          new RuleProblem(
              true, files.directory().toString(), OptionalInt.empty(), "cannot be read: " + why));
      return List.of();
    }
  }

  private static String name(Path directory, Path file) {
    Path below = directory.relativize(file);
    return below.toString().isEmpty() ? file.toString() : below.toString();
  }
}
