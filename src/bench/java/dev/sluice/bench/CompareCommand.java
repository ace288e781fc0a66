package dev.sluice.bench;

import dev.sluice.comparison.Comparison;
import dev.sluice.comparison.Finding;
import dev.sluice.comparison.RandomComparison;
import dev.sluice.comparison.Situations;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Holds Sluice against the real envoyproxy/ratelimit, by chance. */
@Command(
    name = "compare",
    description = {
      "Asks Sluice and the real envoyproxy/ratelimit the same, by random rules, and compares"
          + " answers, keys in Redis and statistics.",
      "The other server is built by src/main/sh/obtain-edges ratelimit."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class CompareCommand implements Callable<Integer> {
  @Option(names = "--minutes", description = "For how long; what has begun is ended.")
  private double minutes = 5;

  @Option(
      names = "--seed",
      description = "Of the first start, each next has the next. Default: any.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description = "Only these situations, as a run has printed them.")
  private Optional<Path> replay = Optional.empty();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("sluice-compare");
    if (replay.isPresent()) {
      List<Finding> findings = Comparison.run(folder, Situations.read(replay.get()));
      findings.forEach(out::println);
      out.println(findings.isEmpty() ? "no difference" : findings.size() + " differences");
      out.flush();
      return findings.isEmpty() ? 0 : 1;
    }
    long next = seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(1_000_000_000));
    long end = System.nanoTime() + Duration.ofSeconds((long) (minutes * 60)).toNanos();
    do {
      Optional<RandomComparison.Failure> failure = new RandomComparison(folder, next).once();
      failure.ifPresent(out::println);
      out.printf(
          "seed %d: %d situations, %s%n",
          next,
          RandomComparison.situations(),
          failure.isPresent() ? "the servers differ" : "no difference");
      out.flush();
      if (failure.isPresent()) {
        return 1;
      }
      next++;
    } while (System.nanoTime() < end);
    return 0;
  }
}
