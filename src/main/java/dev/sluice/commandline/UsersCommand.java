package dev.sluice.commandline;

import dev.sluice.account.RecordKind;
import dev.sluice.account.Role;
import dev.sluice.account.User;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Users and service accounts on the command line. */
@Command(
    name = "users",
    description = "Creates, shows and changes users and service accounts.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class UsersCommand implements Runnable {
  private static final String ROLES = "organization_admin, project_owner, developer or finops.";

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
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
      @Option(names = "--tier") @Nullable String tier) {
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
                    false));
  }

  @Command(description = "Changes the name and role.", mixinStandardHelpOptions = true)
  int change(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--name") @Nullable String name,
      @Option(names = "--role", description = ROLES) @Nullable Role role) {
    return records(shared)
        .change(
            organization,
            id,
            "changed",
            before ->
                new User(
                    organization,
                    id,
                    Optional.ofNullable(name).orElse(before.name()),
                    before.kind(),
                    Optional.ofNullable(role).orElse(before.role()),
                    before.tier(),
                    before.archived()));
  }

  @Command(description = "Assigns a tier to a user.", mixinStandardHelpOptions = true)
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
            before ->
                new User(
                    organization,
                    id,
                    before.name(),
                    before.kind(),
                    before.role(),
                    tier,
                    before.archived()));
  }

  @Command(
      description = "Archives a user: none of the user's keys is honoured any more.",
      mixinStandardHelpOptions = true)
  int archive(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).change(organization, id, "archived", before -> before.archived(true));
  }

  @Command(description = "Brings an archived user back.", mixinStandardHelpOptions = true)
  int restore(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).change(organization, id, "restored", before -> before.archived(false));
  }

  @Command(description = "Shows a user.", mixinStandardHelpOptions = true)
  int show(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization,
      @Parameters(paramLabel = "ID") String id) {
    return records(shared).show(organization, id);
  }

  @Command(description = "Lists the users.", mixinStandardHelpOptions = true)
  int list(
      @Mixin Shared shared,
      @Option(names = "--organization", required = true) String organization) {
    return records(shared).list(organization);
  }

  private static Records<User> records(Shared shared) {
    return new Records<>(shared, RecordKind.USER);
  }
}
