package dev.sluice;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.Names;
import dev.sluice.commandline.ShownRules;
import dev.sluice.commandline.ShownTiers;
import dev.sluice.config.Configuration;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.config.Problem;
import dev.sluice.config.RulesReader;
import dev.sluice.policy.Counted;
import dev.sluice.ratelimit.LoadedRules;
import dev.sluice.ratelimit.RuleFiles;
import dev.sluice.ratelimit.RuleLoader;
import java.io.PrintWriter;
import java.nio.file.Files;
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
      "Shows what holds for each tier and model, and from which tier it is inherited.",
      "Of directories, or of files with descriptor rules: checks these, together, and shows them."
    },
    mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {
  enum Format {
    /** For people. */
    TEXT,
    /** For programs: one object. */
    JSON
  }

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "sluice.yaml; or directories and files of descriptor rules.")
  private List<Path> files = List.of();

  @Option(
      names = "--merge-domains",
      defaultValue = "${env:MERGE_DOMAIN_CONFIG:-false}",
      fallbackValue = "true",
      arity = "0..1",
      description = "several files of rules may be of one domain (default: MERGE_DOMAIN_CONFIG).")
  private boolean mergeDomains;

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
      if (areRules()) {
        LoadedRules loaded = RulesReader.load(files.stream().map(this::rules).toList());
        print(
            out,
            Optional.of(new OfRules(new ShownRules(loaded.tree()))),
            loaded.warnings().stream().map(RulesReader::problem).toList());
      } else {
        Configuration configuration = Configuration.load(files.get(0), System.getenv());
        print(out, Optional.of(new OfConfiguration(configuration)), configuration.warnings());
      }
      return 0;
    } catch (InvalidConfiguration e) {
      print(out, Optional.empty(), e.problems());
      return 1;
    } finally {
      out.flush();
    }
  }

  /** One file is sluice.yaml, unless it looks like rules. */
  private boolean areRules() {
    return files.size() > 1
        || Files.isDirectory(files.get(0))
        || RuleLoader.looksLikeRules(files.get(0));
  }

  private RuleFiles rules(Path place) {
    return new RuleFiles(place, true, mergeDomains);
  }

  /** What is shown of files that can be used. */
  private sealed interface Valid {
    List<String> table(int width);

    List<String> summary();

    void addTo(ObjectNode root);
  }

  private record OfConfiguration(Configuration configuration) implements Valid {
    @Override
    public List<String> table(int width) {
      return new ShownTiers(configuration.tiers()).lines(width);
    }

    @Override
    public List<String> summary() {
      String ok =
          "ok: %s, %s, %s"
              .formatted(
                  Counted.of(configuration.catalog().tiers().size(), "tier"),
                  Counted.of(configuration.deployments().size(), "deployment"),
                  Counted.of(configuration.rules().rules().size(), "descriptor rule"));
      Set<String> administrators = configuration.administrators().names();
      return administrators.isEmpty()
          ? List.of(ok)
          : List.of(
              ok, "platform administrators: " + Names.line(String.join(", ", administrators)));
    }

    @Override
    public void addTo(ObjectNode root) {
      new ShownTiers(configuration.tiers()).addTo(root);
      ArrayNode administrators = root.putArray("platformAdministrators");
      configuration.administrators().names().forEach(administrators::add);
    }
  }

  private record OfRules(ShownRules rules) implements Valid {
    @Override
    public List<String> table(int width) {
      return rules.lines(width);
    }

    @Override
    public List<String> summary() {
      return List.of("ok: " + Counted.of(rules.rules().rules().size(), "descriptor rule"));
    }

    @Override
    public void addTo(ObjectNode root) {
      rules.addTo(root);
    }
  }

  private void print(PrintWriter out, Optional<Valid> valid, List<Problem> problems) {
    if (format == Format.JSON) {
      out.println(json(valid, problems).toPrettyString());
      return;
    }
    valid.ifPresent(
        its -> {
          its.table(width).forEach(out::println);
          out.println();
        });
    problems.forEach(problem -> out.println(severity(problem) + ": " + problem));
    valid.ifPresent(its -> its.summary().forEach(out::println));
  }

  private static ObjectNode json(Optional<Valid> valid, List<Problem> problems) {
    ObjectNode root = new ObjectMapper().createObjectNode();
    root.put("valid", valid.isPresent());
    ArrayNode all = root.putArray("problems");
    for (Problem problem : problems) {
      ObjectNode node = all.addObject();
      node.put("severity", severity(problem)).put("file", problem.file());
      problem.line().ifPresent(line -> node.put("line", line));
      node.put("field", problem.field()).put("message", problem.message());
    }
    valid.ifPresent(its -> its.addTo(root));
    return root;
  }

  private static String severity(Problem problem) {
    return problem.severity().name().toLowerCase(Locale.ROOT);
  }
}
