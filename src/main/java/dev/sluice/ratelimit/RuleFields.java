package dev.sluice.ratelimit;

import dev.sluice.ratelimit.Scalar.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The fields of one map of a rule file.
 *
 * <p>A method that reads a type answers its default when nothing stands there, and also when
 * something else does: then it has reported the problem, and the caller goes on to find the next.
 */
final class RuleFields {
  /** The reference knows these wherever they stand, and overlooks those that stand elsewhere. */
  private static final Set<String> KNOWN =
      Set.of(
          "domain",
          "key",
          "value",
          "descriptors",
          "rate_limit",
          "unit",
          "period",
          "requests_per_unit",
          "unlimited",
          "algorithm",
          "shadow_mode",
          "quota_mode",
          "name",
          "replaces",
          "detailed_metric",
          "value_to_metric",
          "share_threshold",
          "metadata");

  private static final int MOST_MERGES = 100;

  private final RuleReading reading;
  private final MappingNode map;
  private final Map<String, Node> fields = new LinkedHashMap<>();
  private int merges;

  /**
   * @param used the keys that mean something in this map
   */
  RuleFields(RuleReading reading, MappingNode map, Set<String> used) {
    this.reading = reading;
    this.map = map;
    own(map, used);
    merged(map, used);
  }

  private void own(MappingNode from, Set<String> used) {
    for (NodeTuple tuple : from.getValue()) {
      if (!isMerge(tuple)) {
        // As in the reference, the last of several wins.
        field(tuple, used)
            .ifPresent(
                key -> {
                  if (fields.put(key, tuple.getValueNode()) != null) {
                    reading.warning(
                        tuple.getKeyNode(), "'" + key + "' stands twice; the last counts");
                  }
                });
      }
    }
  }

  /** What a map takes from others by {@code <<}; its own fields go before. */
  private void merged(MappingNode into, Set<String> used) {
    for (NodeTuple tuple : into.getValue()) {
      if (isMerge(tuple)) {
        Node value = tuple.getValueNode();
        for (Node each : value instanceof SequenceNode list ? list.getValue() : List.of(value)) {
          merge(each, used);
        }
      }
    }
  }

  private void merge(Node node, Set<String> used) {
    if (!(node instanceof MappingNode from)) {
      reading.error(node, "error loading config file: map merge requires map or sequence of maps");
    } else if (++merges > MOST_MERGES) {
      reading.error(node, "error loading config file: maps are merged without an end");
    } else {
      for (NodeTuple tuple : from.getValue()) {
        if (!isMerge(tuple)) {
          field(tuple, used).ifPresent(key -> fields.putIfAbsent(key, tuple.getValueNode()));
        }
      }
      merged(from, used);
    }
  }

  private static boolean isMerge(NodeTuple tuple) {
    return Tag.MERGE.equals(tuple.getKeyNode().getTag());
  }

  /** The key, if the field is one to read. */
  private Optional<String> field(NodeTuple tuple, Set<String> used) {
    Node node = tuple.getKeyNode();
    if (!(node instanceof ScalarNode scalar)) {
      reading.error(node, "config error, key is not of type string: a list or a map");
      return Optional.empty();
    }
    String key = scalar.getValue();
    if (used.contains(key)) {
      return Optional.of(key);
    } else if (KNOWN.contains(key)) {
      reading.warning(node, "'" + key + "' has no effect here");
    } else if (Scalar.of(scalar).kind() == Kind.TEXT) {
      reading.error(node, "config error, unknown key '" + key + "'");
    } else {
      reading.error(node, "config error, key is not of type string: " + key);
    }
    return Optional.empty();
  }

  /** Where the map begins. */
  Node node() {
    return map;
  }

  /** Whether anything stands there, be it right or wrong. */
  boolean has(String key) {
    return present(key).isPresent();
  }

  boolean isMap(String key) {
    return present(key).filter(MappingNode.class::isInstance).isPresent();
  }

  /** A scalar's own text, whatever its type: {@code 007} stays so. */
  String text(String key) {
    return scalar(key, "a text", scalar -> Optional.of(scalar.text())).orElse("");
  }

  boolean truth(String key) {
    return scalar(
            key,
            "true or false",
            scalar -> scalar.kind() == Kind.TRUTH ? Optional.of(scalar.isTrue()) : Optional.empty())
        .orElse(false);
  }

  /** An unsigned number of 32 bits. */
  long number(String key) {
    BigInteger most = BigInteger.valueOf(Limit.MOST);
    return scalar(
            key,
            "a whole number from 0 to " + Limit.MOST,
            scalar ->
                scalar
                    .integer()
                    .filter(value -> value.signum() >= 0 && value.compareTo(most) <= 0)
                    .map(BigInteger::longValue))
        .orElse(0L);
  }

  Optional<MappingNode> map(String key) {
    Optional<Node> node = present(key);
    if (node.isPresent() && !(node.get() instanceof MappingNode)) {
      wrong(key, node.get(), "a map");
    }
    return node.filter(MappingNode.class::isInstance).map(MappingNode.class::cast);
  }

  /** The maps of a list. */
  List<MappingNode> maps(String key) {
    List<MappingNode> maps = new ArrayList<>();
    Optional<Node> node = present(key);
    if (node.isPresent() && node.get() instanceof SequenceNode list) {
      for (Node element : list.getValue()) {
        if (element instanceof MappingNode mapping) {
          maps.add(mapping);
        } else {
          String shown = element instanceof ScalarNode scalar ? scalar.getValue() : "a list";
          reading.error(
              element, "config error, yaml file contains list of type other than map: " + shown);
        }
      }
    } else if (node.isPresent()) {
      wrong(key, node.get(), "a list");
    }
    return maps;
  }

  private Optional<Node> present(String key) {
    return Optional.ofNullable(fields.get(key))
        .filter(
            node ->
                !(node instanceof ScalarNode scalar) || Scalar.of(scalar).kind() != Kind.NOTHING);
  }

  private <T> Optional<T> scalar(
      String key, String expected, Function<Scalar, Optional<T>> reader) {
    Optional<Node> node = present(key);
    if (node.isEmpty()) {
      return Optional.empty();
    }
    Optional<T> value = Optional.empty();
    if (node.get() instanceof ScalarNode plain) {
      Scalar scalar = Scalar.of(plain);
      if (scalar.kind() == Kind.FRACTION) {
        String quotes = expected.equals("a text") ? "; a text needs quotes" : "";
        reading.error(plain, "error checking config: '" + key + "' is a fraction" + quotes);
        return value;
      }
      value = reader.apply(scalar);
    }
    if (value.isEmpty()) {
      wrong(key, node.get(), expected);
    }
    return value;
  }

  private void wrong(String key, Node node, String expected) {
    String message = "error loading config file: '" + key + "' must be " + expected;
    reading.error(node, message);
  }
}
