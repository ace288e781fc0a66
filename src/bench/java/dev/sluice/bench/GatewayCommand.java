package dev.sluice.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what the gateway adds. */
@Command(
    name = "gateway",
    description = {
      "Measures what the gateway adds to a request and to a chunk of a stream: CPU next to a bare"
          + " proxy of the same HTTP stack, latency next to going straight to the backend."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class GatewayCommand implements Callable<Integer> {
  enum Format {
    TABLE,
    JSON
  }

  @Option(names = "--seconds", description = "Of each measurement.")
  private double seconds = 5;

  @Option(
      names = "--warmup",
      description = "Seconds of each workload, before all: the JIT compiler needs them.")
  private double warmup = 20;

  @Option(names = "--rounds", description = "How often everything is measured.")
  private int rounds = 5;

  @Option(names = "--connections", description = "In use at a time when CPU is measured.")
  private int connections = 32;

  @Option(names = "--rate", description = "Requests a second when latency is measured.")
  private int rate = 500;

  @Option(names = "--jvm", split = " ", description = "More JVM flags for Sluice and the proxy.")
  private List<String> jvm = List.of();

  @Option(names = "--format", description = "${COMPLETION-CANDIDATES}; JSON is one line.")
  private Format format = Format.TABLE;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    GatewayBench.Options options =
        new GatewayBench.Options(
            duration(seconds), duration(warmup), rounds, connections, rate, jvm);
    GatewayFigures figures =
        GatewayBench.run(
            options,
            progress -> {
              spec.commandLine().getErr().println(progress);
              spec.commandLine().getErr().flush();
            });
    String text = format == Format.JSON ? figures.json() : figures.table();
    spec.commandLine().getOut().println(text);
    spec.commandLine().getOut().flush();
    return 0;
  }

  private static Duration duration(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9));
  }
}
