package dev.sluice;

import dev.sluice.account.Names;
import dev.sluice.commandline.ApplyCommand;
import dev.sluice.commandline.ExplainCommand;
import dev.sluice.commandline.ExportCommand;
import dev.sluice.commandline.ImportCommand;
import dev.sluice.commandline.KeysCommand;
import dev.sluice.commandline.OrganizationsCommand;
import dev.sluice.commandline.ProjectsCommand;
import dev.sluice.commandline.TiersCommand;
import dev.sluice.commandline.UsersCommand;
import dev.sluice.demo.BackendCommand;
import dev.sluice.demo.DemoCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.UnmatchedArgumentException;

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
      TiersCommand.class,
      ExplainCommand.class,
      ApplyCommand.class,
      ExportCommand.class,
      ImportCommand.class,
      BackendCommand.class
    })
public final class Main {
  /** The commands that run on, and whose log is followed. */
  private static final Set<String> SERVICES = Set.of("serve", "/bin/ratelimit", "demo", "backend");

  /** In the place of what Java could not decode. */
  private static final char UNKNOWN = '\uFFFD';

  private Main() {}

  /** Ends the process with 0, 1 when a command failed, or 2 when it was called wrongly. */
  public static void main(String[] args) {
    Logging.bridge();
    if (Arrays.stream(args).anyMatch(arg -> arg.indexOf(UNKNOWN) >= 0)) {
      System.err.println(
          "sluice: an argument has a character that this locale does not: set LC_ALL=C.UTF-8");
      System.exit(2);
    }
    if (args.length > 0 && !SERVICES.contains(args[0])) {
      Logging.onlyTrouble();
    }
    // Whatever the locale: a backup made by cron must not have ? in the place of letters.
    System.exit(
        commandLine()
            .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
            .execute(args));
  }

  /** All commands, to be executed. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    // A name that somebody else chose may begin with @, and names no file of arguments.
    line.setExpandAtFiles(false);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          command.getErr().println("sluice: " + harmless(failure));
          return 1;
        });
    line.setParameterExceptionHandler(
        (failure, arguments) -> {
          CommandLine command = failure.getCommandLine();
          command.getErr().println("sluice: " + harmless(failure));
          if (!UnmatchedArgumentException.printSuggestions(failure, command.getErr())) {
            command.usage(command.getErr());
          }
          return 2;
        });
    return line;
  }

  /** What a failure says, where an argument or a file may be quoted. */
  private static String harmless(Exception failure) {
    return String.valueOf(failure.getMessage())
        .lines()
        .map(Names::line)
        .collect(Collectors.joining("\n"));
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"sluice " + (version == null ? "(not packaged)" : version)};
    }
  }
}
