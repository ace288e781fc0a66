package dev.sluice.commandline;

import dev.sluice.account.KeyAge;
import dev.sluice.account.Organization;
import dev.sluice.account.RecordKind;
import dev.sluice.policy.OwnLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Organizations on the command line. */
@Command(
    name = "orgs",
    description = "Creates, shows and changes organizations.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = AuditCommand.class)
public final class OrganizationsCommand extends Group {
  @Command(description = "Creates an organization.", mixinStandardHelpOptions = true)
  int create(
      @Mixin Shared shared,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--name", description = "For people; else the id.") @Nullable String name,
      @Option(names = "--tier", description = "Of all who have none of their own.")
          @Nullable String tier,
      @Option(names = "--key-age", split = ",", converter = Period.class, description = KEY_AGE)
          @Nullable List<Duration> keyAge,
      @Mixin LimitOptions limits) {
    Optional<String> given = shared.tier(Optional.ofNullable(tier));
    return records(shared)
        .create(
            () ->
                new Organization(
                    id,
                    Optional.ofNullable(name).orElse(id),
                    given,
                    Optional.ofNullable(keyAge).flatMap(OrganizationsCommand::age),
                    limits.over(OwnLimits.NONE),
                    false));
  }

  @Command(
      description = "Changes the name, how old keys may grow, and limits.",
      mixinStandardHelpOptions = true)
  int change(
      @Mixin Shared shared,
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--name") @Nullable String name,
      @Option(names = "--key-age", split = ",", converter = Period.class, description = KEY_AGE)
          @Nullable List<Duration> keyAge,
      @Mixin LimitOptions limits) {
    return records(shared)
        .change(
            id,
            id,
            "changed",
            before ->
                before
                    .withName(Optional.ofNullable(name).orElse(before.name()))
                    .withKeyAge(keyAge == null ? before.keyAge() : age(keyAge))
                    .withLimits(limits.over(before.limits())));
  }

  @Command(
      description = "Archives an organization: none of its keys is honoured any more.",
      mixinStandardHelpOptions = true)
  int archive(@Mixin Shared shared, @Parameters(paramLabel = "ID") String id) {
    return records(shared).change(id, id, "archived", before -> before.archived(true));
  }

  @Command(description = "Brings an archived organization back.", mixinStandardHelpOptions = true)
  int restore(@Mixin Shared shared, @Parameters(paramLabel = "ID") String id) {
    return records(shared).change(id, id, "restored", before -> before.archived(false));
  }

  @Command(description = "Shows an organization.", mixinStandardHelpOptions = true)
  int show(@Mixin Shared shared, @Parameters(paramLabel = "ID") String id) {
    return records(shared).show(id, id);
  }

  @Command(description = "Lists all organizations.", mixinStandardHelpOptions = true)
  int list(@Mixin Shared shared) {
    return shared.run(
        session ->
            records(shared)
                .list(
                    page -> Shown.alone(Instant.now()),
                    session,
                    after -> session.accounts().organizations(after, 100)));
  }

  @Command(
      name = "rebuild-index",
      description = {
        "Rebuilds what is derived from the records: the lists of ids, the keys of each user,",
        "and the way from a secret to its key. Servers may go on meanwhile."
      })
  int rebuildIndex(@Mixin Shared shared) {
    return shared.run(
        session -> {
          long wrong = session.await(session.indexes().rebuild());
          shared.print("rebuilt: " + wrong + " entries were wrong");
          return 0;
        });
  }

  private static final String KEY_AGE =
      "WARN,REFUSE as 60d,90d: from which age of its secret on a key is shown as old, and refused;"
          + " 0 lets it grow as old as it likes.";

  private static Optional<KeyAge> age(List<Duration> ages) {
    return ages.equals(List.of(Duration.ZERO))
        ? Optional.empty()
        : Optional.of(new KeyAge(ages.get(0), ages.get(ages.size() - 1)));
  }

  private static Records<Organization> records(Shared shared) {
    return new Records<>(shared, RecordKind.ORGANIZATION);
  }
}
