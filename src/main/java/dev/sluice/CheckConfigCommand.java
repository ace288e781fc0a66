package dev.sluice;

import dev.sluice.config.Configuration;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.config.Problem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says all that is wrong with a configuration, without starting anything. */
@Command(
    name = "check-config",
    description = "Checks sluice.yaml and the files that it names; exits with 1 on an error.",
    mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "sluice.yaml")
  @SuppressWarnings("NullAway.Init")
  private Path config;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      Configuration configuration = Configuration.load(config, System.getenv());
      print(out, configuration.warnings());
      out.printf(
          "ok: %d tiers, %d deployments, %d descriptor rules%n",
          configuration.catalog().tiers().size(),
          configuration.deployments().size(),
          configuration.rules().rules().size());
      if (!configuration.administrators().names().isEmpty()) {
        out.println(
            "platform administrators: "
                + String.join(", ", configuration.administrators().names()));
      }
      return 0;
    } catch (InvalidConfiguration e) {
      print(out, e.problems());
      return 1;
    } finally {
      out.flush();
    }
  }

  private static void print(PrintWriter out, List<Problem> problems) {
    for (Problem problem : problems) {
      out.println(
          (problem.severity() == Problem.Severity.ERROR ? "error: " : "warning: ") + problem);
    }
  }
}
