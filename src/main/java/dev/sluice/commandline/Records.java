package dev.sluice.commandline;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Changes;
import dev.sluice.account.InvalidRecord;
import dev.sluice.account.KeyAge;
import dev.sluice.account.Organization;
import dev.sluice.account.Page;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** What can be done with records of every kind. */
final class Records<R extends AccountRecord> {
  private static final int PAGE = 500;

  private final Shared shared;
  private final RecordKind<R> kind;

  Records(Shared shared, RecordKind<R> kind) {
    this.shared = shared;
    this.kind = kind;
  }

  int create(Supplier<R> record) {
    R created = valid(record);
    return shared.run(
        session -> {
          session.await(session.accounts().create(shared.actor(), created));
          return answer("created", created.id());
        });
  }

  int change(String organization, String id, String done, UnaryOperator<R> change) {
    return shared.run(
        session -> {
          session.await(
              new Changes(session.accounts(), shared.actor())
                  .change(kind, organization, id, before -> valid(() -> change.apply(before))));
          return answer(done, id);
        });
  }

  int show(String organization, String id) {
    return shared.run(
        session -> {
          Stored<R> stored =
              session
                  .await(session.accounts().read(kind, organization, id))
                  .orElseThrow(() -> new CommandFailed("there is no such " + kind.label()));
          Shown shown = shown(session, organization);
          if (shared.json()) {
            shared.print(shown.json(stored).toString());
          } else {
            shown.lines(stored).forEach(shared::print);
          }
          return 0;
        });
  }

  int list(String organization) {
    return shared.run(
        session ->
            list(
                shown(session, organization),
                session,
                after -> session.accounts().list(kind, organization, after, PAGE)));
  }

  /** Shows a list page by page, however long it is. */
  int list(
      Shown shown,
      Session session,
      Function<Optional<String>, CompletionStage<Page<R>>> pageAfter) {
    Optional<String> after = Optional.empty();
    do {
      boolean first = after.isEmpty();
      Page<R> page = session.await(pageAfter.apply(after));
      if (shared.json()) {
        page.records().forEach(stored -> shared.print(shown.json(stored).toString()));
      } else {
        shown.table(kind, page.records()).stream().skip(first ? 0 : 1).forEach(shared::print);
      }
      after = page.next();
    } while (after.isPresent());
    return 0;
  }

  /** As records of an organization look now. */
  Shown shown(Session session, String organization) {
    Optional<KeyAge> age =
        kind.type().equals(ApiKey.class)
            ? session
                .await(session.accounts().read(RecordKind.ORGANIZATION, organization, organization))
                .map(Stored::record)
                .flatMap(Organization::keyAge)
            : Optional.empty();
    return new Shown(Instant.now(), age);
  }

  private int answer(String done, String id) {
    shared.print(done + " " + kind.label() + " " + id);
    return 0;
  }

  static <T> T valid(Supplier<T> record) {
    try {
      return record.get();
    } catch (InvalidRecord e) {
      throw new CommandFailed(String.valueOf(e.getMessage()));
    }
  }
}
