package dev.sluice.comparison;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/** Both servers in situations by chance, many with each start. */
public final class RandomComparison {
  /** Each is a domain of its own. */
  private static final int SITUATIONS = 200;

  private static final int MOST_STEPS = 60;

  private final Path folder;
  private final Random random;

  /**
   * @param folder for files that may be deleted afterwards
   * @param seed says all that will come
   */
  public RandomComparison(Path folder, long seed) {
    this.folder = folder;
    this.random = new Random(seed);
  }

  /**
   * A situation in which the two differ, as small as it could be made.
   *
   * @param situations to be read again by {@link Situations#read}
   */
  public record Failure(Situations situations, List<Finding> findings) {
    @Override
    public String toString() {
      return findings.stream().map(Finding::toString).collect(Collectors.joining("\n"))
          + "\nTo be seen again with this file, by src/bench/run compare --replay FILE:\n"
          + situations;
    }
  }

  /** One start of both; empty when they were alike in all situations. */
  public Optional<Failure> once() {
    Map<String, String> environment = RandomSituations.environment(random);
    RandomSituations chance =
        new RandomSituations(random, environment.containsKey("LOCAL_CACHE_SIZE_IN_BYTES"));
    List<RandomSituation> all = new ArrayList<>();
    for (int i = 0; i < SITUATIONS; i++) {
      all.add(chance.next("c" + i));
    }
    List<Finding> findings = run(environment, all);
    if (findings.isEmpty()) {
      return Optional.empty();
    }
    Optional<RandomSituation> first = failed(all, findings);
    return Optional.of(
        first.isEmpty()
            ? new Failure(situations(environment, all), findings)
            : smallest(environment, first.get(), findings));
  }

  /** How many situations a start has. */
  public static int situations() {
    return SITUATIONS;
  }

  /** Leaves out parts, all that can be at once in one start, as long as the two still differ. */
  private Failure smallest(
      Map<String, String> environment, RandomSituation failed, List<Finding> found) {
    RandomSituation smallest = failed;
    List<Finding> findings = of(found, failed.name());
    for (int step = 0; step < MOST_STEPS; step++) {
      List<RandomSituation> smaller = new ArrayList<>();
      for (RandomSituation each : smallest.smaller()) {
        smaller.add(each.renamed("c" + smaller.size()));
      }
      List<Finding> again = smaller.isEmpty() ? List.of() : run(environment, smaller);
      Optional<RandomSituation> still = failed(smaller, again);
      if (still.isEmpty()) {
        break;
      }
      smallest = still.get();
      findings = of(again, smallest.name());
    }
    return new Failure(situations(environment, List.of(smallest)), findings);
  }

  private static List<Finding> of(List<Finding> findings, String name) {
    return findings.stream().filter(finding -> finding.situation().equals(name)).toList();
  }

  private static Optional<RandomSituation> failed(
      List<RandomSituation> situations, List<Finding> findings) {
    Set<String> names = findings.stream().map(Finding::situation).collect(Collectors.toSet());
    return situations.stream().filter(each -> names.contains(each.name())).findFirst();
  }

  private List<Finding> run(Map<String, String> environment, List<RandomSituation> all) {
    return Comparison.run(folder, situations(environment, all));
  }

  private static Situations situations(Map<String, String> environment, List<RandomSituation> all) {
    return new Situations(environment, all.stream().map(RandomSituation::situation).toList());
  }
}
