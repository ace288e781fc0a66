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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How records look on a terminal and in JSON: without the hashes of secrets.
 *
 * @param keyAge of the organization of the keys that are shown
 */
record Shown(Instant now, Optional<KeyAge> keyAge) {
  private static final RecordJson JSON = new RecordJson();

  /** A record as JSON. */
  ObjectNode json(Stored<? extends AccountRecord> stored) {
    ObjectNode node = JSON.tree(stored.record(), stored.revision());
    node.remove("secretHash");
    if (node.get("previous") instanceof ObjectNode previous) {
      previous.remove("secretHash");
    }
    if (stored.record() instanceof ApiKey key) {
      node.put("standing", standing(key));
    }
    return node;
  }

  /** A record as lines of its fields. */
  List<String> lines(Stored<? extends AccountRecord> stored) {
    List<String> lines = new ArrayList<>();
    json(stored)
        .properties()
        .forEach(
            field ->
                lines.add(
                    pad(field.getKey(), 14)
                        + (field.getValue().isTextual()
                            ? field.getValue().textValue()
                            : field.getValue().toString())));
    return lines;
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
      case "project" -> List.of("ID", "NAME", "TIER", "STATE");
      case "user" -> List.of("ID", "NAME", "KIND", "ROLE", "TIER", "STATE");
      default ->
          List.of("ID", "NAME", "PROJECT", "USER", "ENV", "ENDS IN", "TIER", "EXPIRES", "STANDING");
    };
  }

  private List<String> row(AccountRecord record) {
    if (record instanceof Organization one) {
      return List.of(
          one.id(), one.name(), tier(one.tier()), age(one.keyAge()), state(one.archived()));
    } else if (record instanceof Project one) {
      return List.of(one.id(), one.name(), tier(one.tier()), state(one.archived()));
    } else if (record instanceof User one) {
      return List.of(
          one.id(),
          one.name(),
          word(one.kind()),
          word(one.role()),
          tier(one.tier()),
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
        standing(key));
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

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }
}
