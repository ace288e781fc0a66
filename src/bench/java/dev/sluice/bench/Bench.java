package dev.sluice.bench;

import dev.sluice.fuzz.FuzzCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The benchmarks' command line: {@code src/bench/run}. */
@Command(
    name = "src/bench/run",
    description = "Measures Sluice next to a floor or a peer, in the same run.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "BENCHMARK",
    subcommands = {
      GatewayCommand.class,
      EdgesCommand.class,
      OutageCommand.class,
      FirstChunkCommand.class,
      AccountsCommand.class,
      PolicyCommand.class,
      RulesCommand.class,
      CompareCommand.class,
      FuzzCommand.class
    })
public final class Bench {
  private Bench() {}

  /** Ends the process with 0, 1 when a benchmark failed, or 2 when it was called wrongly. */
  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Bench());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println("bench: " + failure.getMessage());
          return 1;
        });
    System.exit(line.execute(args));
  }
}
