package dev.sluice.commandline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What changed of a record, field by field. */
final class Differences {
  private Differences() {}

  /** {@code field before → after} for each field that is otherwise, in the order of their names. */
  static List<String> between(JsonNode before, JsonNode after) {
    Set<String> fields = new TreeSet<>();
    before.fieldNames().forEachRemaining(fields::add);
    after.fieldNames().forEachRemaining(fields::add);
    return fields.stream()
        .filter(field -> !before.path(field).equals(after.path(field)))
        .map(field -> field + " " + text(before.path(field)) + " → " + text(after.path(field)))
        .toList();
  }

  private static String text(JsonNode value) {
    return value instanceof MissingNode ? "-" : value.toString();
  }
}
