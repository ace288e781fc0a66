package dev.sluice.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** The fields of a map. Every key that is asked for is a known one; the others are reported. */
final class Fields {
  private final Field map;
  private final Map<String, Field> present = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  Fields(Field map, Optional<MappingNode> node) {
    this.map = map;
    node.ifPresent(mapping -> mapping.getValue().forEach(this::add));
  }

  private void add(NodeTuple entry) {
    int line = map.reading().source().line(entry.getKeyNode().getStartMark());
    if (!(entry.getKeyNode() instanceof ScalarNode key)) {
      map.error("line " + line + ": a key must be a text, not a list or a map");
      return;
    }
    Field field = map.inside(key.getValue(), line, Optional.of(entry.getValueNode()));
    Field earlier = present.putIfAbsent(key.getValue(), field);
    if (earlier != null) {
      field.error("this key stands twice, first in line " + earlier.line() + "; remove one");
    }
  }

  /** The field of a key, whether or not it is there. */
  Field field(String key) {
    known.add(key);
    Field field = present.get(key);
    return field == null ? map.inside(key, map.line(), Optional.empty()) : field;
  }

  /** Whether the file has this key. */
  boolean has(String key) {
    return present.containsKey(key);
  }

  /** Takes keys for known that are not read. */
  void ignore(String... keys) {
    known.addAll(Set.of(keys));
  }

  /** All fields by key, in the order of the file, where the keys are free names. */
  Map<String, Field> all() {
    known.addAll(present.keySet());
    return present;
  }

  void reportUnknown() {
    present.forEach(
        (key, field) -> {
          if (!known.contains(key)) {
            String hint = Spelling.didYouMean(key, known);
            String message =
                hint.isEmpty()
                    ? "unknown key; known here: " + String.join(", ", known)
                    : "unknown key" + hint;
            map.reading().report(map.reading().unknownKeys(), field.line(), field.path(), message);
          }
        });
  }
}
