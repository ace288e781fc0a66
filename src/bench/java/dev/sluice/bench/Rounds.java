package dev.sluice.bench;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of every benchmark that measures in rounds. */
final class Rounds {
  @Option(names = "--seconds", description = "Of each measurement.")
  private double seconds;

  @Option(
      names = "--warmup",
      description = "Seconds of each workload, before all: the JIT compiler needs them.")
  private double warmup;

  @Option(names = "--rounds", description = "How often everything is measured.")
  private int rounds;

  @Mixin private Reporting reporting = new Reporting();

  /** With these for defaults. */
  Rounds(double seconds, double warmup, int rounds) {
    this.seconds = seconds;
    this.warmup = warmup;
    this.rounds = rounds;
  }

  Duration time() {
    return Reporting.seconds(seconds);
  }

  Duration warmup() {
    return Reporting.seconds(warmup);
  }

  int rounds() {
    return rounds;
  }

  List<String> jvm() {
    return reporting.jvm();
  }

  Consumer<String> progress(CommandSpec spec) {
    return reporting.progress(spec);
  }

  void print(CommandSpec spec, Supplier<String> table, Supplier<String> json) {
    reporting.print(spec, table, json);
  }
}
