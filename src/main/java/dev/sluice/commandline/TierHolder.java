package dev.sluice.commandline;

import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.User;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who of an organization is given a tier; when none is said, the organization itself. */
final class TierHolder {
  @Option(names = "--project", required = true)
  private @Nullable String project;

  @Option(names = "--user", required = true)
  private @Nullable String user;

  @Option(names = "--key", required = true, description = "Its id.")
  private @Nullable String key;

  static TierHolder of(@Nullable TierHolder said) {
    return said == null ? new TierHolder() : said;
  }

  /**
   * Gives a tier, or takes it away.
   *
   * @param done what is said when it is done
   */
  int give(Optional<String> tier, String done, Shared shared, String organization) {
    if (key != null) {
      return new Records<>(shared, RecordKind.KEY)
          .change(organization, key, done, one -> one.under(one.terms().withTier(tier)));
    }
    if (user != null) {
      return new Records<User>(shared, RecordKind.USER)
          .change(organization, user, done, one -> one.withTier(tier));
    }
    if (project != null) {
      return new Records<Project>(shared, RecordKind.PROJECT)
          .change(organization, project, done, one -> one.withTier(tier));
    }
    return new Records<Organization>(shared, RecordKind.ORGANIZATION)
        .change(organization, organization, done, one -> one.withTier(tier));
  }
}
