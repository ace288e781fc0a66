package dev.sluice.commandline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AuditTrail.Entry;
import dev.sluice.account.Names;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what was changed in an organization. */
@Command(
    name = "audit",
    description = "Shows who changed what and when, the newest first: before → after.",
    mixinStandardHelpOptions = true)
final class AuditCommand implements Callable<Integer> {
  private static final int PAGE = 100;

  private enum Kind {
    ORGANIZATION,
    PROJECT,
    USER,
    KEY
  }

  private final ObjectMapper json = new ObjectMapper();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Shared shared;

  @Parameters(paramLabel = "ORGANIZATION")
  @SuppressWarnings("NullAway.Init")
  private String organization;

  @Option(
      names = "--since",
      converter = Period.class,
      description = "As 12h or 7d; else all that is kept.")
  private @Nullable Duration since;

  @Option(names = "--kind", description = "Only organization, project, user or key.")
  private @Nullable Kind kind;

  @Option(names = "--id", description = "Only of records with this id.")
  private @Nullable String id;

  @Override
  public Integer call() {
    Optional<Instant> from = Optional.ofNullable(since).map(Instant.now()::minus);
    return shared.run(
        session -> {
          Optional<String> position = Optional.empty();
          List<Entry> page;
          do {
            page = session.await(session.audit().newest(organization, position, from, PAGE));
            show(page.stream().filter(this::asked).toList(), position.isEmpty());
            if (!page.isEmpty()) {
              position = Optional.of(page.get(page.size() - 1).position());
            }
          } while (page.size() == PAGE);
          return 0;
        });
  }

  private boolean asked(Entry entry) {
    return (kind == null || entry.kind().equals(kind.name().toLowerCase(Locale.ROOT)))
        && (id == null || entry.id().equals(id));
  }

  private void show(List<Entry> entries, boolean first) {
    if (shared.json()) {
      entries.forEach(entry -> shared.print(json(entry).toString()));
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("TIME", "ACTOR", "ACTION", "KIND", "ID", "WHAT"));
    entries.forEach(entry -> rows.add(row(entry)));
    TextTable.of(rows).lines().stream().skip(first ? 0 : 1).forEach(shared::print);
  }

  private List<String> row(Entry entry) {
    List<String> what =
        Differences.between(
            entry.before().map(this::fields).orElse(json.createObjectNode()),
            fields(entry.after()));
    return List.of(
        entry.time().toString(),
        Names.shown(entry.actor()),
        entry.action(),
        entry.kind(),
        entry.id(),
        Names.line(String.join("; ", what)));
  }

  /** A record without what the row says already. */
  private JsonNode fields(String record) {
    JsonNode node = read(record);
    return node instanceof ObjectNode fields
        ? fields.remove(List.of("organization", "id", "revision"))
        : node;
  }

  private ObjectNode json(Entry entry) {
    ObjectNode node = json.createObjectNode();
    node.put("time", entry.time().toString());
    node.put("actor", entry.actor());
    node.put("action", entry.action());
    node.put("kind", entry.kind());
    node.put("id", entry.id());
    entry.before().ifPresent(before -> node.set("before", read(before)));
    node.set("after", read(entry.after()));
    return node;
  }

  private JsonNode read(String record) {
    try {
      return json.readTree(record);
    } catch (JsonProcessingException e) {
      throw new CommandFailed("an entry of the audit is no JSON");
    }
  }
}
