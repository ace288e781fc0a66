package dev.sluice.bench;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of every benchmark that starts Sluice, and how it speaks. */
final class Reporting {
  enum Format {
    TABLE,
    JSON
  }

  @Option(names = "--jvm", split = " ", description = "More JVM flags for Sluice and its floor.")
  private List<String> jvm = List.of();

  @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; JSON is one line.")
  private Format format = Format.TABLE;

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

  /** Of what an option says in seconds. */
  static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
