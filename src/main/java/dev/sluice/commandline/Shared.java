package dev.sluice.commandline;

import dev.sluice.config.Configuration;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.policy.Catalog;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What all commands about accounts have in common: where they look, and how they answer. */
final class Shared {
  /** How a command answers. */
  enum Format {
    /** For people. */
    TABLE,
    /** For programs: a line of JSON for each record. */
    JSON
  }

  @Option(names = "--config", defaultValue = "sluice.yaml", description = "sluice.yaml")
  @SuppressWarnings("NullAway.Init")
  private Path config;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "table, or json: a line for each record.")
  @SuppressWarnings("NullAway.Init")
  private Format format;

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** A call on the accounts; its answer is the exit code of the command. */
  interface Work {
    int on(Session session);
  }

  int run(Work work) {
    try (Session session = Session.open(configuration())) {
      return work.on(session);
    }
  }

  Configuration configuration() {
    try {
      return Configuration.load(config, System.getenv());
    } catch (InvalidConfiguration e) {
      throw new CommandFailed(String.valueOf(e.getMessage()));
    }
  }

  /** The tiers that may be given. */
  Set<String> tiers() {
    Set<String> tiers = new TreeSet<>(configuration().catalog().tiers().keySet());
    tiers.removeAll(Catalog.MODEL_STATES);
    return tiers;
  }

  /** The same tier, if it may be given. */
  Optional<String> tier(Optional<String> tier) {
    if (tier.isPresent() && !tiers().contains(tier.get())) {
      throw new CommandFailed(
          "no tier '%s' for users in %s: there are %s"
              .formatted(
                  tier.get(),
                  configuration().settings().sambastack().stream()
                      .map(Path::toString)
                      .collect(Collectors.joining(", ")),
                  tiers()));
    }
    return tier;
  }

  /** Who changes something, for the audit. */
  String actor() {
    return "command-line " + System.getProperty("user.name", "");
  }

  boolean json() {
    return format == Format.JSON;
  }

  /** To standard output. */
  void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /** Beside the answer. */
  void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }
}
