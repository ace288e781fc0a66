package dev.sluice.commandline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.KeyAge;
import dev.sluice.account.Organization;
import dev.sluice.account.Project;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Stored;
import dev.sluice.account.User;
import dev.sluice.redis.RecordJson;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How records look on a terminal and in JSON: without the hashes of secrets.
 *
 * @param keyAge of the organization of the keys that are shown
 * @param lastUsed of the keys that ever were, by id
 * @param archivedUsers of the owners that are shown
 * @param owned the projects that each user owns, by id
 */
record Shown(
    Instant now,
    Optional<KeyAge> keyAge,
    Map<String, Instant> lastUsed,
    Set<String> archivedUsers,
    Map<String, Set<String>> owned) {
  private static final String NEVER = "never";
  private static final RecordJson JSON = new RecordJson();

  /** Of a row of a table; the rest is counted. */
  private static final int MOST = 3;

  /** Records with nothing around them. */
  static Shown alone(Instant now) {
    return new Shown(now, Optional.empty(), Map.of(), Set.of(), Map.of());
  }

  /** A record as JSON. */
  ObjectNode json(Stored<? extends AccountRecord> stored) {
    ObjectNode node = JSON.tree(stored.record(), stored.revision());
    node.remove("secretHash");
    if (node.get("previous") instanceof ObjectNode previous) {
      previous.remove("secretHash");
    }
    if (stored.record() instanceof ApiKey key) {
      node.put("standing", standing(key));
      node.put("lastUsed", lastUsed(key).map(Instant::toString).orElse(null));
    } else if (stored.record() instanceof Project project) {
      put(node, "archivedOwners", intersection(project.owners(), archivedUsers));
    } else if (stored.record() instanceof User user) {
      put(node, "owns", owned.getOrDefault(user.id(), Set.of()));
    }
    return node;
  }

  /** A record as lines of its fields. */
  List<String> lines(Stored<? extends AccountRecord> stored) {
    List<String> lines = new ArrayList<>();
    ObjectNode json = json(stored);
    if (!stored.record().limits().isEmpty()) {
      json.put("limits", stored.record().limits().toString());
    }
    json.properties()
        .forEach(
            field ->
                lines.add(
                    TerminalText.pad(field.getKey(), 16)
                        + (field.getValue().isTextual()
                            ? field.getValue().textValue()
                            : field.getValue().isNull() ? NEVER : field.getValue().toString())));
    return lines;
  }

  /** When a key was last used; empty: never, as far as it was recorded. */
  Optional<Instant> lastUsed(ApiKey key) {
    return Optional.ofNullable(lastUsed.get(key.id()));
  }

  /** Records as lines of a table, with a head. */
  List<String> table(RecordKind<?> kind, List<? extends Stored<? extends AccountRecord>> records) {
    TextTable table = new TextTable(head(kind));
    records.forEach(stored -> table.row(row(stored.record())));
    return table.lines();
  }

  private static List<String> head(RecordKind<?> kind) {
    return switch (kind.label()) {
      case "organization" -> List.of("ID", "NAME", "TIER", "KEY AGE", "STATE");
      case "project" -> List.of("ID", "NAME", "TIER", "OWNERS", "STATE");
      case "user" -> List.of("ID", "NAME", "KIND", "ROLE", "TIER", "OWNS", "STATE");
      default ->
          List.of(
              "ID",
              "NAME",
              "PROJECT",
              "USER",
              "ENV",
              "ENDS IN",
              "TIER",
              "EXPIRES",
              "LAST USED",
              "STANDING");
    };
  }

  private List<String> row(AccountRecord record) {
    if (record instanceof Organization one) {
      return List.of(
          one.id(), one.name(), tier(one.tier()), age(one.keyAge()), state(one.archived()));
    } else if (record instanceof Project one) {
      return List.of(one.id(), one.name(), tier(one.tier()), owners(one), state(one.archived()));
    } else if (record instanceof User one) {
      return List.of(
          one.id(),
          one.name(),
          word(one.kind()),
          word(one.role()),
          tier(one.tier()),
          some(owned.getOrDefault(one.id(), Set.of())),
          state(one.archived()));
    }
    ApiKey key = (ApiKey) record;
    return List.of(
        key.id(),
        key.name(),
        key.project(),
        key.user(),
        key.terms().environment(),
        key.secret().lastFour(),
        tier(key.tier()),
        key.terms().expires().map(Instant::toString).orElse("-"),
        lastUsed(key).map(time -> time.truncatedTo(ChronoUnit.SECONDS).toString()).orElse(NEVER),
        standing(key));
  }

  /** Whether a key is good by itself. */
  boolean honoured(ApiKey key) {
    return key.standing(now, keyAge).honoured();
  }

  private String standing(ApiKey key) {
    return word(key.standing(now, keyAge));
  }

  private static String age(Optional<KeyAge> keyAge) {
    return keyAge.map(age -> age.warn().toDays() + "d/" + age.refuse().toDays() + "d").orElse("-");
  }

  private static String tier(Optional<String> tier) {
    return tier.orElse("-");
  }

  private static String state(boolean archived) {
    return archived ? "archived" : "active";
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private String owners(Project project) {
    return some(
        project.owners().stream()
            .map(owner -> archivedUsers.contains(owner) ? owner + " (archived)" : owner)
            .toList());
  }

  private static String some(Collection<String> all) {
    String some = all.stream().limit(MOST).collect(Collectors.joining(","));
    return all.isEmpty() ? "-" : all.size() > MOST ? some + ",+" + (all.size() - MOST) : some;
  }

  private static void put(ObjectNode node, String field, Collection<String> texts) {
    if (!texts.isEmpty()) {
      texts.forEach(node.putArray(field)::add);
    }
  }

  private static Set<String> intersection(Set<String> one, Set<String> other) {
    Set<String> both = new TreeSet<>(one);
    both.retainAll(other);
    return both;
  }
}
