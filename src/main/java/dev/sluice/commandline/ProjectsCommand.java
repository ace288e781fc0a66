package dev.sluice.commandline;

import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.policy.OwnLimits;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Projects on the command line. */
@Command(
    name = "projects",
    description = "Creates, shows and changes projects.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class ProjectsCommand extends ArchivableCommand<Project> {
  private static final String OWNERS =
      "Users who have its keys and usage in hand, with commas; '' is none.";

  public ProjectsCommand() {
    super(RecordKind.PROJECT);
  }

  @Command(description = "Creates a project.", mixinStandardHelpOptions = true)
  int create(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--name", description = "For people; else the id.") @Nullable String name,
      @Option(names = "--owner", description = OWNERS) @Nullable String owners,
      @Option(names = "--tier", description = "Of all who have none of their own.")
          @Nullable String tier,
      @Mixin LimitOptions limits) {
    Optional<String> given = shared.tier(Optional.ofNullable(tier));
    return records(shared)
        .create(
            () ->
                new Project(organization, id, Optional.ofNullable(name).orElse(id), given)
                    .withOwners(Listed.texts(owners).orElse(Set.of()))
                    .withLimits(limits.over(OwnLimits.NONE)));
  }

  @Command(
      description = "Changes the name, owners and limits; what is not said stays.",
      mixinStandardHelpOptions = true)
  int change(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--name") @Nullable String name,
      @Option(names = "--owner", description = OWNERS) @Nullable String owners,
      @Mixin LimitOptions limits) {
    return records(shared)
        .change(
            organization,
            id,
            "changed",
            before ->
                before
                    .withName(Optional.ofNullable(name).orElse(before.name()))
                    .withOwners(Listed.texts(owners).orElse(before.owners()))
                    .withLimits(limits.over(before.limits())));
  }
}
