package dev.sluice.commandline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.Organization;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.redis.RecordJson;
import java.util.concurrent.Callable;
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
  private static final int ORGANIZATIONS = 100;
  private static final int PAGE = 500;

  private final RecordJson json = new RecordJson();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Shared shared;

  @Override
  public Integer call() {
    return shared.run(
        session -> {
          new Pages<>(session, after -> session.accounts().organizations(after, ORGANIZATIONS))
              .forEachRemaining(page -> page.records().forEach(one -> whole(session, one)));
          return 0;
        });
  }

  private void whole(Session session, Stored<Organization> organization) {
    write(organization);
    RecordKind.ALL.stream()
        .filter(kind -> !kind.equals(RecordKind.ORGANIZATION))
        .forEach(kind -> all(session, kind, organization.record().id()));
  }

  private <R extends AccountRecord> void all(
      Session session, RecordKind<R> kind, String organization) {
    new Pages<>(session, after -> session.accounts().list(kind, organization, after, PAGE))
        .forEachRemaining(page -> page.records().forEach(this::write));
  }

  /** What kind of record it is comes first, so that a line can be read by eye. */
  private void write(Stored<? extends AccountRecord> stored) {
    ObjectNode record = json.tree(stored.record(), stored.revision());
    ObjectNode line = record.objectNode().put("type", RecordKind.of(stored.record()).label());
    line.setAll(record);
    shared.print(line.toString());
  }
}
