package dev.sluice;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.Names;
import dev.sluice.commandline.ShownTiers;
import dev.sluice.config.Configuration;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.config.Problem;
import dev.sluice.policy.Counted;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says all that is wrong with a configuration, or what it means, without starting anything. */
@Command(
    name = "check-config",
    description = {
      "Checks sluice.yaml and the files that it names; exits with 1 on an error.",
      "Shows what holds for each tier and model, and from which tier it is inherited."
    },
    mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
  enum Format {
    /** For people. */
    TEXT,
    /** For programs: one object. */
    JSON
  }

  @Parameters(paramLabel = "FILE", description = "sluice.yaml")
  @SuppressWarnings("NullAway.Init")
  private Path config;

  @Option(names = "--format", defaultValue = "text", description = "text, or json: one object.")
  @SuppressWarnings("NullAway.Init")
  private Format format;

  @Option(
      names = "--width",
      defaultValue = "${env:COLUMNS:-100}",
      description = "to which the table is wrapped (default: COLUMNS, else 100).")
  private int width;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try {
      Configuration configuration = Configuration.load(config, System.getenv());
      print(out, Optional.of(configuration), configuration.warnings());
      return 0;
    } catch (InvalidConfiguration e) {
      print(out, Optional.empty(), e.problems());
      return 1;
    } finally {
      out.flush();
    }
  }

  private void print(PrintWriter out, Optional<Configuration> valid, List<Problem> problems) {
    if (format == Format.JSON) {
      out.println(json(valid, problems).toPrettyString());
      return;
    }
    valid.ifPresent(
        configuration -> {
          new ShownTiers(configuration.tiers()).lines(width).forEach(out::println);
          out.println();
        });
    problems.forEach(problem -> out.println(severity(problem) + ": " + problem));
    valid.ifPresent(
        configuration -> {
          out.printf(
              "ok: %s, %s, %s%n",
              Counted.of(configuration.catalog().tiers().size(), "tier"),
              Counted.of(configuration.deployments().size(), "deployment"),
              Counted.of(configuration.rules().rules().size(), "descriptor rule"));
          Set<String> administrators = configuration.administrators().names();
          if (!administrators.isEmpty()) {
            out.println(
                "platform administrators: " + Names.line(String.join(", ", administrators)));
          }
        });
  }

  private static ObjectNode json(Optional<Configuration> valid, List<Problem> problems) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("valid", valid.isPresent());
    ArrayNode all = root.putArray("problems");
    for (Problem problem : problems) {
      ObjectNode node = all.addObject();
      node.put("severity", severity(problem)).put("file", problem.file());
      problem.line().ifPresent(line -> node.put("line", line));
      node.put("field", problem.field()).put("message", problem.message());
    }
    valid.ifPresent(
        configuration -> {
          new ShownTiers(configuration.tiers()).addTo(root);
          ArrayNode administrators = root.putArray("platformAdministrators");
          configuration.administrators().names().forEach(administrators::add);
        });
    return root;
  }

  private static String severity(Problem problem) {
    return problem.severity().name().toLowerCase(Locale.ROOT);
  }
}
