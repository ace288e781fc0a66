package dev.sluice;

import dev.sluice.commandline.ApplyCommand;
import dev.sluice.commandline.ExportCommand;
import dev.sluice.commandline.ImportCommand;
import dev.sluice.commandline.KeysCommand;
import dev.sluice.commandline.OrganizationsCommand;
import dev.sluice.commandline.ProjectsCommand;
import dev.sluice.commandline.UsersCommand;
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
      OrganizationsCommand.class,
      ProjectsCommand.class,
      UsersCommand.class,
      KeysCommand.class,
      ApplyCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      BackendCommand.class
    })
public final class Main {
  private Main() {}

  /** Ends the process with 0, 1 when a command failed, or 2 when it was called wrongly. */
  public static void main(String[] args) {
    Logging.bridge();
    System.exit(commandLine().execute(args));
  }

  /** All commands, to be executed. */
  public static CommandLine commandLine() {
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
