package dev.sluice.bench;

import dev.sluice.ratelimit.RuleMatching;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how long a descriptor takes to find its rule, with JMH. */
@Command(
    name = "rules",
    description = {
      "Measures how long a descriptor takes to find its rule among ten and among 100,000, and what"
          + " that allocates."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class RulesCommand implements Callable<Integer> {
  @Option(names = "--seconds", description = "Of each measurement, and of each warm-up.")
  private double seconds = 1;

  @Option(names = "--rounds", description = "Measurements, behind as many warm-ups.")
  private int rounds = 3;

  @Option(names = "--forks", description = "JVMs, one after the other; 0 is this one.")
  private int forks = 1;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    TimeValue time = new TimeValue((long) (seconds * 1_000), TimeUnit.MILLISECONDS);
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(RuleMatching.class.getName())
                    .addProfiler(GCProfiler.class)
                    .warmupTime(time)
                    .measurementTime(time)
                    .warmupIterations(rounds)
                    .measurementIterations(rounds)
                    .forks(forks)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%-16s%10s%18s%14s%n", "a rule", "of rules", "ns (± error)", "bytes");
    results.stream()
        .sorted(
            Comparator.comparing((RunResult one) -> one.getParams().getParam("met"))
                .thenComparing(one -> Integer.valueOf(one.getParams().getParam("rules"))))
        .forEach(one -> out.println(line(one)));
    out.flush();
    return 0;
  }

  private static String line(RunResult one) {
    Result<?> time = one.getPrimaryResult();
    Result<?> bytes = one.getSecondaryResults().get("gc.alloc.rate.norm");
    if (bytes == null) {
      throw new BenchFailed("JMH does not say what was allocated");
    }
    return String.format(
        Locale.ROOT,
        "%-16s%,10d%18s%14.0f",
        one.getParams().getParam("met"),
        Integer.valueOf(one.getParams().getParam("rules")),
        String.format(Locale.ROOT, "%.0f (± %.0f)", time.getScore(), time.getScoreError()),
        bytes.getScore());
  }
}
