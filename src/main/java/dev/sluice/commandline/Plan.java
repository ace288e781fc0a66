package dev.sluice.commandline;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Archivable;
import dev.sluice.account.KeyIssuer;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.config.DeclaredAccounts;
import dev.sluice.config.DeclaredAccounts.DeclaredKey;
import dev.sluice.config.DeclaredAccounts.DeclaredOrganization;
import dev.sluice.redis.RecordJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is between the accounts as they are and as they were declared. Blocks. */
final class Plan {
  /** More keys than any user may have. */
  private static final int MOST_KEYS = 1_000;

  private static final RecordJson JSON = new RecordJson();

  private final Session session;
  private final List<Step> steps = new ArrayList<>();

  private Plan(Session session) {
    this.session = session;
  }

  /** In the order in which they have to be done. */
  static List<Step> of(DeclaredAccounts declared, Session session) {
    Plan plan = new Plan(session);
    declared.organizations().forEach(plan::organization);
    return List.copyOf(plan.steps);
  }

  /** Users come before projects, whose owners they are; what is archived comes last. */
  private void organization(DeclaredOrganization declared) {
    List<AccountRecord> archived = new ArrayList<>();
    record(RecordKind.ORGANIZATION, declared.record(), archived);
    declared.users().forEach(user -> record(RecordKind.USER, user, archived));
    declared.projects().forEach(project -> record(RecordKind.PROJECT, project, archived));
    List<Step> keys = new ArrayList<>();
    declared.keys().forEach(key -> key(key).ifPresent(keys::add));
    steps.addAll(keys);
    archived.forEach(record -> differ(RecordKind.of(record), record));
  }

  /** Nothing can be created below what is archived. */
  private <R extends Archivable<R>> void record(
      RecordKind<R> kind, R record, List<AccountRecord> archived) {
    if (record.archived()) {
      archived.add(record);
    } else {
      differ(kind, record);
    }
  }

  private <R extends AccountRecord> void differ(RecordKind<R> kind, AccountRecord declared) {
    Optional<Stored<R>> found =
        session.await(session.accounts().read(kind, declared.organization(), declared.id()));
    if (found.isEmpty()) {
      steps.add(new Step.Create(declared));
    } else {
      change(found.get(), kind.type().cast(declared)).ifPresent(steps::add);
    }
  }

  private Optional<Step> key(DeclaredKey declared) {
    List<Stored<ApiKey>> named =
        session
            .await(
                session
                    .accounts()
                    .keysOf(declared.organization(), declared.user(), Optional.empty(), MOST_KEYS))
            .records()
            .stream()
            .filter(key -> key.record().name().equals(declared.terms().name()))
            .toList();
    if (named.isEmpty()) {
      return Optional.of(
          new Step.Issue(
              new KeyIssuer.Order(
                  declared.organization(),
                  declared.project(),
                  declared.user(),
                  Optional.empty(),
                  declared.terms())));
    }
    if (named.size() > 1) {
      throw new CommandFailed(
          "user %s of %s has %d keys of the name '%s': rename or revoke all but one"
              .formatted(
                  declared.user(), declared.organization(), named.size(), declared.terms().name()));
    }
    Stored<ApiKey> key = named.get(0);
    if (!key.record().project().equals(declared.project())) {
      throw new CommandFailed(
          "key '%s' of user %s belongs to project %s and cannot go to %s: revoke it first"
              .formatted(
                  declared.terms().name(),
                  declared.user(),
                  key.record().project(),
                  declared.project()));
    }
    return change(key, key.record().under(declared.terms()));
  }

  private static <R extends AccountRecord> Optional<Step> change(Stored<R> found, R declared) {
    if (found.record().equals(declared)) {
      return Optional.empty();
    }
    List<String> differences =
        Differences.between(JSON.tree(found.record(), 0), JSON.tree(declared, 0));
    return Optional.of(new Step.Change(found.with(declared), differences));
  }
}
