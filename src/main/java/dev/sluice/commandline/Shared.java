package dev.sluice.commandline;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Names;
import dev.sluice.config.Configuration;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.config.Spelling;
import dev.sluice.policy.Catalog;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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

  private @Nullable Configuration loaded;
  private final Set<String> warned = new TreeSet<>();

  /** A call on the accounts; its answer is the exit code of the command. */
  interface Work {
    int on(Session session);
  }

  int run(Work work) {
    try (Session session = Session.open(configuration())) {
      return work.on(session);
    }
  }

  /** What the files say; they are read once. */
  Configuration configuration() {
    if (loaded == null) {
      try {
        loaded = Configuration.load(config, System.getenv());
      } catch (InvalidConfiguration e) {
        throw new CommandFailed(String.valueOf(e.getMessage()));
      }
    }
    return loaded;
  }

  /** The tiers that may be given. */
  Set<String> tiers() {
    Set<String> tiers = new TreeSet<>(configuration().catalog().tiers().keySet());
    tiers.removeAll(Catalog.MODEL_STATES);
    return tiers;
  }

  /** The same tier, if it may be given. */
  Optional<String> tier(Optional<String> tier) {
    return tier.map(
        name -> {
          if (Catalog.MODEL_STATES.contains(name)) {
            throw new CommandFailed(
                "tier: %s is a system tier: it says how models stand, and is given to nobody"
                    .formatted(name));
          }
          return known(name, tiers());
        });
  }

  /** The same tier, if it is among these. */
  String known(String tier, Set<String> tiers) {
    if (!tiers.contains(tier)) {
      // Cut before it is compared: it may be of any length.
      String shown = Names.shown(tier);
      String meant = Spelling.didYouMean(shown, tiers);
      throw new CommandFailed(
          "tier: there is no '%s' in %s%s"
              .formatted(
                  shown,
                  configuration().settings().sambastack().stream()
                      .map(Path::toString)
                      .collect(Collectors.joining(", ")),
                  meant.isEmpty() ? "; it has " + String.join(", ", tiers) : meant));
    }
    return tier;
  }

  /** Says which models nobody can call so far: they may come later. */
  void warnOfModels(Collection<String> models) {
    Catalog catalog = configuration().catalog();
    Set<String> known = new TreeSet<>(catalog.tiersByModel().keySet());
    for (String model : models) {
      if (!known.contains(model) && warned.add("model " + model)) {
        String shown = Names.shown(model);
        say("no tier lists the model " + shown + Spelling.didYouMean(shown, known));
      }
    }
  }

  /** Says which models of a record nobody can call so far. */
  void warnOfModels(AccountRecord record) {
    warnOfModels(record.limits().models());
    if (record instanceof ApiKey key) {
      warnOfModels(key.terms().models());
    }
  }

  /** Says that a record has a tier that it could not be given now. */
  void warnOfTier(AccountRecord record) {
    record
        .tier()
        .filter(tier -> !tiers().contains(tier) && warned.add("tier " + tier))
        .ifPresent(
            tier ->
                say(
                    "there is no tier %s: who is given it may call no model%s"
                        .formatted(
                            Names.shown(tier), Spelling.didYouMean(Names.shown(tier), tiers()))));
  }

  /** Who changes something, for the audit. */
  String actor() {
    return Names.mended("command-line " + System.getProperty("user.name", ""));
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
    err.println(Names.line(line));
    err.flush();
  }
}
