package dev.sluice.commandline;

import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import dev.sluice.policy.OwnLimits;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Users and service accounts on the command line. */
@Command(
    name = "users",
    description = "Creates, shows and changes users and service accounts.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class UsersCommand extends ArchivableCommand<User> {
  private static final String ROLES = "organization_admin, project_owner, developer or finops.";

  public UsersCommand() {
    super(RecordKind.USER);
  }

  @Command(description = "Creates a user.", mixinStandardHelpOptions = true)
  int create(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--name", description = "For people; else the id.") @Nullable String name,
      @Option(names = "--role", defaultValue = "developer", description = ROLES) Role role,
      @Option(names = "--service-account", description = "A program, not a person.")
          boolean service,
      @Option(names = "--tier") @Nullable String tier,
      @Mixin LimitOptions limits) {
    Optional<String> given = shared.tier(Optional.ofNullable(tier));
    return records(shared)
        .create(
            () ->
                new User(
                    organization,
                    id,
                    Optional.ofNullable(name).orElse(id),
                    service ? User.Kind.SERVICE_ACCOUNT : User.Kind.PERSON,
                    role,
                    given,
                    limits.over(OwnLimits.NONE),
                    false));
  }

  @Command(
      description = "Changes the name, role and limits; what is not said stays.",
      mixinStandardHelpOptions = true)
  int change(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--name") @Nullable String name,
      @Option(names = "--role", description = ROLES) @Nullable Role role,
      @Mixin LimitOptions limits) {
    return records(shared)
        .change(
            organization,
            id,
            "changed",
            before ->
                before
                    .withName(Optional.ofNullable(name).orElse(before.name()))
                    .withRole(Optional.ofNullable(role).orElse(before.role()))
                    .withLimits(limits.over(before.limits())));
  }
}
