package dev.sluice.config;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The fields of a map. Every key that is asked for is a known one; the others are reported. */
final class Fields {
  private final Field map;
  private final Map<String, Field> present = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  Fields(Field map, Optional<MappingNode> node) {
    this.map = map;
    node.ifPresent(this::addOwn);
    node.ifPresent(mapping -> merge(mapping, Collections.newSetFromMap(new IdentityHashMap<>())));
  }

  private void addOwn(MappingNode mapping) {
    mapping.getValue().stream().filter(entry -> !isMerge(entry)).forEach(this::add);
  }

  private static boolean isMerge(NodeTuple entry) {
    return Tag.MERGE.equals(entry.getKeyNode().getTag());
  }

  /**
   * Adds what stands under {@code <<}, one map or several: a key of an earlier map goes before that
   * of a later. SnakeYAML could do it, but does not end when a map merges itself.
   */
  private void merge(MappingNode mapping, Set<Node> done) {
    if (!done.add(mapping)) {
      return;
    }
    for (NodeTuple entry : mapping.getValue()) {
      if (isMerge(entry)) {
        Node merged = entry.getValueNode();
        List<Node> each = merged instanceof SequenceNode s ? s.getValue() : List.of(merged);
        each.forEach(node -> addMerged(node, lineOf(entry), done));
      }
    }
  }

  private void addMerged(Node node, int line, Set<Node> done) {
    if (!(node instanceof MappingNode mapping)) {
      map.inside("<<", line, Optional.empty()).error("expected a map, or a list of maps, to merge");
      return;
    }
    for (NodeTuple entry : mapping.getValue()) {
      if (!isMerge(entry)
          && entry.getKeyNode() instanceof ScalarNode key
          && !present.containsKey(key.getValue())) {
        add(entry);
      }
    }
    merge(mapping, done);
  }

  private int lineOf(NodeTuple entry) {
    return map.reading().source().line(entry.getKeyNode().getStartMark());
  }

  private void add(NodeTuple entry) {
    int line = lineOf(entry);
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
            Reading reading = map.reading();
            reading.report(
                hint.isEmpty() ? reading.unknownKeys() : reading.misspellings(),
                field.line(),
                field.path(),
                message);
          }
        });
  }
}
