package dev.sluice;

import dev.sluice.demo.BackendCommand;
import dev.sluice.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
    name = "sluice",
    description = "Decides, meters and queues LLM inference traffic.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      CheckConfigCommand.class,
      KeysCommand.class,
      BackendCommand.class
    })
public final class Main {
  private Main() {}

  /** Ends the process with 0, 1 when a command failed, or 2 when it was called wrongly. */
  public static void main(String[] args) {
    Logging.bridge();
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println("sluice: " + failure.getMessage());
          return 1;
        });
    return line;
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"sluice " + (version == null ? "(not packaged)" : version)};
    }
  }
}
