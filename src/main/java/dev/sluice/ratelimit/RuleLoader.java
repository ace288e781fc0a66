package dev.sluice.ratelimit;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

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
    Function<Path, String> name = file -> name(files.directory(), file);
    for (Path file : list(files, name, problems)) {
      read(file, name.apply(file), problems, domains, files.mergeDomains());
    }
    return loaded(domains, problems);
  }

  /**
   * Reads the files of several places as if they were in one directory; problems name whole paths.
   *
   * @param places directories, or single files
   * @throws InvalidRules with every error of every file
   */
  public static LoadedRules load(List<RuleFiles> places) throws InvalidRules {
    List<RuleProblem> problems = new ArrayList<>();
    Map<String, RuleNode> domains = new HashMap<>();
    for (RuleFiles files : places) {
      for (Path file : list(files, Path::toString, problems)) {
        read(file, file.toString(), problems, domains, files.mergeDomains());
      }
    }
    return loaded(domains, problems);
  }

  private static void read(
      Path file,
      String name,
      List<RuleProblem> problems,
      Map<String, RuleNode> domains,
      boolean merge) {
    RuleReading reading = new RuleReading(name, problems);
    read(reading, () -> RuleYaml.read(file, reading), domains, merge);
  }

  /**
   * Reads texts as the files that they might be.
   *
   * @param texts by the names under which problems are reported
   * @throws InvalidRules with every error of every text
   */
  public static LoadedRules read(Map<String, String> texts) throws InvalidRules {
    List<RuleProblem> problems = new ArrayList<>();
    Map<String, RuleNode> domains = new HashMap<>();
    texts.forEach(
        (name, text) -> {
          RuleReading reading = new RuleReading(name, problems);
          read(reading, () -> RuleYaml.document(text, reading), domains, false);
        });
    return loaded(domains, problems);
  }

  /** Whether a file has a domain of rules, be they right or wrong. */
  public static boolean looksLikeRules(Path file) {
    return RuleYaml.read(file, new RuleReading(file.toString(), new ArrayList<>()))
        .filter(MappingNode.class::isInstance)
        .map(MappingNode.class::cast)
        .filter(
            map ->
                map.getValue().stream()
                    .anyMatch(
                        entry ->
                            entry.getKeyNode() instanceof ScalarNode key
                                && key.getValue().equals("domain")))
        .isPresent();
  }

  private static void read(
      RuleReading reading,
      Supplier<Optional<Node>> document,
      Map<String, RuleNode> domains,
      boolean merge) {
    int before = reading.errors();
    Optional<Node> found = document.get();
    if (reading.errors() == before) {
      new RuleReader(reading, domains, merge).read(found);
    }
  }

  private static LoadedRules loaded(Map<String, RuleNode> domains, List<RuleProblem> problems)
      throws InvalidRules {
    List<RuleProblem> sorted = RuleReading.sorted(problems);
    if (sorted.stream().anyMatch(RuleProblem::error)) {
      throw new InvalidRules(sorted);
    }
    return new LoadedRules(new RuleTree(domains), sorted);
  }

  private static List<Path> list(
      RuleFiles files, Function<Path, String> name, List<RuleProblem> problems) {
    try {
      DirectoryFiles.Listing listing =
          new DirectoryFiles(files.directory(), files.ignoreDotFiles()).list();
      listing
          .unreadable()
          .forEach(
              (file, it) ->
                  problems.add(
                      // envoyproxy/ratelimit leaves out what a broken link names, and goes on.
                      new RuleProblem(
                          !it.link(),
                          name.apply(file),
                          OptionalInt.empty(),
                          (it.link() ? "is left out: " : "cannot be read: ") + it.why())));
      return listing.files();
    } catch (IOException e) {
      String why =
          e instanceof NoSuchFileException ? "there is no such directory" : DirectoryFiles.why(e);
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
