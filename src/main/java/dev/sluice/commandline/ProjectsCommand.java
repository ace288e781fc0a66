package dev.sluice.commandline;

import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Projects on the command line. */
@Command(
    name = "projects",
    description = "Creates, shows and changes projects.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class ProjectsCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(description = "Creates a project.", mixinStandardHelpOptions = true)
  int create(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--name", description = "For people; else the id.") @Nullable String name,
      @Option(names = "--tier", description = "Of all who have none of their own.")
          @Nullable String tier) {
    Optional<String> given = shared.tier(Optional.ofNullable(tier));
    return records(shared)
        .create(() -> new Project(organization, id, Optional.ofNullable(name).orElse(id), given));
  }

  @Command(description = "Changes the name.", mixinStandardHelpOptions = true)
  int change(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--name", required = true) String name) {
    return records(shared)
        .change(
            organization,
            id,
            "changed",
            before -> new Project(organization, id, name, before.tier(), before.archived()));
  }

  @Command(
      description = "Assigns a tier to all of a project who have none of their own.",
      mixinStandardHelpOptions = true)
  int assign(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id,
      @ArgGroup(multiplicity = "1") TierChoice choice) {
    Optional<String> tier = shared.tier(choice.tier());
    return records(shared)
        .change(
            organization,
            id,
            "changed",
            before -> new Project(organization, id, before.name(), tier, before.archived()));
  }

  @Command(
      description = "Archives a project: none of its keys is honoured any more.",
      mixinStandardHelpOptions = true)
  int archive(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).change(organization, id, "archived", before -> before.archived(true));
  }

  @Command(description = "Brings an archived project back.", mixinStandardHelpOptions = true)
  int restore(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).change(organization, id, "restored", before -> before.archived(false));
  }

  @Command(description = "Shows a project.", mixinStandardHelpOptions = true)
  int show(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).show(organization, id);
  }

  @Command(description = "Lists the projects.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization) {
    return records(shared).list(organization);
  }

  private static Records<Project> records(Shared shared) {
    return new Records<>(shared, RecordKind.PROJECT);
  }
}
