package dev.sluice.bench;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of every benchmark that measures in rounds, and how it speaks. */
final class Rounds {
  enum Format {
    TABLE,
    JSON
  }

  @Option(names = "--seconds", description = "Of each measurement.")
  private double seconds;

  @Option(
      names = "--warmup",
      description = "Seconds of each workload, before all: the JIT compiler needs them.")
  private double warmup;

  @Option(names = "--rounds", description = "How often everything is measured.")
  private int rounds;

  @Option(names = "--jvm", split = " ", description = "More JVM flags for Sluice and its floor.")
  private List<String> jvm = List.of();

  @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; JSON is one line.")
  private Format format = Format.TABLE;

  /** With these for defaults. */
  Rounds(double seconds, double warmup, int rounds) {
    this.seconds = seconds;
    this.warmup = warmup;
    this.rounds = rounds;
  }

  Duration time() {
    return duration(seconds);
  }

  Duration warmup() {
    return duration(warmup);
  }

  int rounds() {
    return rounds;
  }

  List<String> jvm() {
    return jvm;
  }

  /** Goes to standard error, so that the output is the figures. */
  Consumer<String> progress(CommandSpec spec) {
    return line -> {
      PrintWriter err = spec.commandLine().getErr();
      err.println(line);
      err.flush();
    };
  }

  void print(CommandSpec spec, Supplier<String> table, Supplier<String> json) {
    PrintWriter out = spec.commandLine().getOut();
    out.println((format == Format.JSON ? json : table).get());
    out.flush();
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
