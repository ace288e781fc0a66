package dev.sluice.commandline;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.Changes;
import dev.sluice.account.InvalidRecord;
import dev.sluice.account.Page;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
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
    shared.warnOfModels(created);
    return shared.run(
        session -> {
          session.await(session.accounts().create(shared.actor(), created));
          return answer("created", created.id());
        });
  }

  int change(String organization, String id, String done, UnaryOperator<R> change) {
    return shared.run(
        session -> {
          shared.warnOfModels(
              session.await(
                  new Changes(session.accounts(), shared.actor())
                      .change(
                          kind, organization, id, before -> valid(() -> change.apply(before)))));
          return answer(done, id);
        });
  }

  int show(String organization, String id) {
    return shared.run(
        session -> {
          Stored<R> stored = read(session, organization, id);
          Shown shown = background(session, organization).of(List.of(stored));
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
                background(session, organization)::of,
                session,
                after -> session.accounts().list(kind, organization, after, PAGE)));
  }

  /**
   * Shows a list page by page, however long it is.
   *
   * @param around what is shown of a page beside its records
   */
  int list(
      Function<List<Stored<R>>, Shown> around,
      Session session,
      Function<Optional<String>, CompletionStage<Page<R>>> pageAfter) {
    return list(around, (shown, record) -> true, session, pageAfter);
  }

  /**
   * Shows a part of a list.
   *
   * @param asked whether a record is shown
   */
  int list(
      Function<List<Stored<R>>, Shown> around,
      BiPredicate<Shown, R> asked,
      Session session,
      Function<Optional<String>, CompletionStage<Page<R>>> pageAfter) {
    Pages<R> pages = new Pages<>(session, pageAfter);
    for (boolean first = true; pages.hasNext(); first = false) {
      Page<R> page = pages.next();
      Shown shown = around.apply(page.records());
      List<Stored<R>> records =
          page.records().stream().filter(stored -> asked.test(shown, stored.record())).toList();
      if (shared.json()) {
        records.forEach(stored -> shared.print(shown.json(stored).toString()));
      } else {
        shown.table(kind, records).stream().skip(first ? 0 : 1).forEach(shared::print);
      }
    }
    return 0;
  }

  /** A record that must be there. */
  Stored<R> read(Session session, String organization, String id) {
    return session
        .await(session.accounts().read(kind, organization, id))
        .orElseThrow(() -> new CommandFailed("there is no such " + kind.label()));
  }

  /** Goes through all of an organization. */
  void each(Session session, String organization, Consumer<R> action) {
    if (kind.equals(RecordKind.ORGANIZATION)) {
      action.accept(read(session, organization, organization).record());
      return;
    }
    new Pages<>(session, after -> session.accounts().list(kind, organization, after, PAGE))
        .forEachRemaining(page -> page.records().forEach(one -> action.accept(one.record())));
  }

  /** What is shown of records of an organization beside them. */
  Background<R> background(Session session, String organization) {
    return new Background<>(shared, session, kind, organization);
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
