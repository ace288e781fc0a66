package dev.sluice.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Mixin private Rounds rounds = new Rounds(5, 20, 5);

  @Option(names = "--connections", description = "In use at a time when CPU is measured.")
  private int connections = 32;

  @Option(names = "--rate", description = "Requests a second when latency is measured.")
  private int rate = 500;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    GatewayBench.Options options =
        new GatewayBench.Options(
            rounds.time(), rounds.warmup(), rounds.rounds(), connections, rate, rounds.jvm());
    GatewayFigures figures = GatewayBench.run(options, rounds.progress(spec));
    rounds.print(spec, figures::table, figures::json);
    return 0;
  }
}
