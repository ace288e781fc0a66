package dev.sluice.ratelimit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads a rule's {@code metadata}. */
final class MetadataReader {
  /** Aliases can make a small file mean a vast map, or one without an end. */
  private static final int MOST_VALUES = 1_000;

  private final RuleReading reading;
  private int values;

  MetadataReader(RuleReading reading) {
    this.reading = reading;
  }

  Metadata.Fields read(MappingNode map) {
    Map<String, Metadata> fields = new LinkedHashMap<>();
    for (NodeTuple tuple : map.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode key
          && Scalar.of(key).kind() == Scalar.Kind.TEXT) {
        fields.put(key.getValue(), value(tuple.getValueNode()));
      } else {
        reading.error(
            tuple.getKeyNode(),
            "error parsing metadata: a key is not a text"
                + (tuple.getKeyNode() instanceof ScalarNode key
                    ? ": put " + key.getValue() + " in quotes"
                    : ""));
      }
    }
    return new Metadata.Fields(fields);
  }

  private Metadata value(Node node) {
    if (++values > MOST_VALUES) {
      if (values == MOST_VALUES + 1) {
        reading.error(node, "error parsing metadata: more than " + MOST_VALUES + " values");
      }
      return new Metadata.Nothing();
    } else if (node instanceof MappingNode map) {
      return read(map);
    } else if (node instanceof SequenceNode list) {
      List<Metadata> items = new ArrayList<>();
      list.getValue().forEach(item -> items.add(value(item)));
      return new Metadata.Items(items);
    }
    return scalar(Scalar.of((ScalarNode) node));
  }

  private static Metadata scalar(Scalar scalar) {
    return switch (scalar.kind()) {
      case TEXT -> new Metadata.Text(scalar.text());
      case TRUTH -> new Metadata.Truth(scalar.isTrue());
      case NOTHING -> new Metadata.Nothing();
      case INTEGER ->
          new Metadata.Numeric(scalar.integer().map(Number::doubleValue).orElse(Double.NaN));
      case FRACTION -> fraction(scalar.text());
    };
  }

  /** YAML's own ways to write infinity are not those of Java, and JSON has neither. */
  private static Metadata fraction(String text) {
    try {
      return new Metadata.Numeric(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      return new Metadata.Text(text);
    }
  }
}
