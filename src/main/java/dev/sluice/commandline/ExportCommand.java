package dev.sluice.commandline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.Page;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.redis.RecordJson;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Writes all accounts as lines of JSON. */
@Command(
    name = "export",
    description = {
      "Writes all accounts to standard output, a line of JSON for each record.",
      "Keys are in it by the hashes of their texts: they work where this is imported."
    },
    mixinStandardHelpOptions = true)
public final class ExportCommand implements Callable<Integer> {
  private static final int PAGE = 500;

  private static final List<RecordKind<? extends AccountRecord>> IN_AN_ORGANIZATION =
      List.of(RecordKind.PROJECT, RecordKind.USER, RecordKind.KEY);

  private final RecordJson json = new RecordJson();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Shared shared;

  @Override
  public Integer call() {
    return shared.run(
        session -> {
          each(
              session,
              after -> session.accounts().organizations(after, 100),
              organization -> {
                write(organization);
                for (RecordKind<? extends AccountRecord> kind : IN_AN_ORGANIZATION) {
                  all(session, kind, organization.record().id());
                }
              });
          return 0;
        });
  }

  private <R extends AccountRecord> void all(
      Session session, RecordKind<R> kind, String organization) {
    each(session, after -> session.accounts().list(kind, organization, after, PAGE), this::write);
  }

  private static <R extends AccountRecord> void each(
      Session session,
      Function<Optional<String>, CompletionStage<Page<R>>> pageAfter,
      Consumer<Stored<R>> action) {
    Optional<String> after = Optional.empty();
    do {
      Page<R> page = session.await(pageAfter.apply(after));
      page.records().forEach(action);
      after = page.next();
    } while (after.isPresent());
  }

  /** What kind of record it is comes first, so that a line can be read by eye. */
  private void write(Stored<? extends AccountRecord> stored) {
    ObjectNode record = json.tree(stored.record(), stored.revision());
    ObjectNode line = record.objectNode().put("type", RecordKind.of(stored.record()).label());
    line.setAll(record);
    shared.print(line.toString());
  }
}
