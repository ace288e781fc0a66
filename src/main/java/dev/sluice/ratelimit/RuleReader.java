package dev.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** Reads the rules of one file. */
final class RuleReader {
  private static final Set<String> OF_A_FILE = Set.of("domain", "descriptors");
  private static final Set<String> OF_A_DESCRIPTOR =
      Set.of(
          "key",
          "value",
          "rate_limit",
          "descriptors",
          "shadow_mode",
          "quota_mode",
          "share_threshold",
          "detailed_metric",
          "value_to_metric",
          "metadata");
  private static final Set<String> OF_A_LIMIT =
      Set.of("unit", "period", "requests_per_unit", "unlimited", "algorithm", "name", "replaces");

  /** Aliases can make a small file mean a vast tree. */
  private static final int MOST_DESCRIPTORS = 1_000_000;

  private static final int DEEPEST = 100;

  private final RuleReading reading;
  private final Map<String, RuleNode> domains;
  private final boolean merge;
  private int descriptors;

  /**
   * @param domains those that were read; what is read is added
   * @param merge whether a domain that is among them may get more rules
   */
  RuleReader(RuleReading reading, Map<String, RuleNode> domains, boolean merge) {
    this.reading = reading;
    this.domains = domains;
    this.merge = merge;
  }

  /**
   * @param document what the file holds, if anything
   */
  void read(Optional<Node> document) {
    if (document.isEmpty()) {
      reading.error("config file cannot have empty domain");
    } else if (document.get() instanceof MappingNode map) {
      file(new RuleFields(reading, map, OF_A_FILE));
    } else {
      reading.error(document.get(), "error loading config file: it must be a map");
    }
  }

  private void file(RuleFields fields) {
    String domain = fields.text("domain");
    RuleNode root = RuleNode.domain();
    if (domain.isEmpty()) {
      reading.error(fields.node(), "config file cannot have empty domain");
    } else if (!domains.containsKey(domain)) {
      domains.put(domain, root);
    } else if (merge) {
      root = domains.get(domain);
    } else {
      reading.error(fields.node(), "duplicate domain '" + domain + "' in config file");
    }
    below(root, fields, new Place(domain, List.of()));
  }

  /** Where a descriptor stands. */
  private record Place(String domain, List<String> path) {
    Place inside(String composite) {
      List<String> inner = new ArrayList<>(path);
      inner.add(composite);
      return new Place(domain, List.copyOf(inner));
    }

    @Override
    public String toString() {
      return domain + "." + String.join(".", path);
    }
  }

  private void below(RuleNode level, RuleFields fields, Place place) {
    if (place.path.size() >= DEEPEST) {
      reading.error(fields.node(), "error loading config file: it is nested too deeply");
      return;
    }
    for (MappingNode map : fields.maps("descriptors")) {
      if (++descriptors > MOST_DESCRIPTORS) {
        if (descriptors == MOST_DESCRIPTORS + 1) {
          reading.error(
              "error loading config file: more than " + MOST_DESCRIPTORS + " descriptors");
        }
        return;
      }
      descriptor(level, new RuleFields(reading, map, OF_A_DESCRIPTOR), place);
    }
  }

  private void descriptor(RuleNode level, RuleFields fields, Place parent) {
    String key = fields.text("key");
    if (key.isEmpty()) {
      reading.error(fields.node(), "descriptor has empty key");
    }
    String value = fields.text("value");
    String composite = value.isEmpty() ? key : key + "_" + value;
    Place place = parent.inside(composite);
    boolean shared = fields.truth("share_threshold");
    if (shared && !Wildcard.is(composite)) {
      reading.error(
          fields.node(),
          "share_threshold can only be used with wildcard values (containing '*'), but found key '"
              + composite
              + "'");
    }
    boolean valueToMetric = fields.truth("value_to_metric");
    Optional<RuleOrigin> origin = Optional.of(reading.origin(fields.node()));
    RuleNode node = new RuleNode(composite, rule(fields, place), shared, valueToMetric, origin);
    if (!key.isEmpty() && !level.add(node)) {
      reading.error(fields.node(), "duplicate descriptor composite key '" + place + "'");
    }
    below(node, fields, place);
  }

  private Optional<Rule> rule(RuleFields descriptor, Place place) {
    boolean shadow = descriptor.truth("shadow_mode");
    boolean quota = descriptor.truth("quota_mode");
    boolean detailed = descriptor.truth("detailed_metric");
    Metadata.Fields metadata = metadata(descriptor);
    return descriptor
        .map("rate_limit")
        .map(map -> new RuleFields(reading, map, OF_A_LIMIT))
        .map(
            fields -> {
              String name = fields.text("name");
              return new Rule(
                  place.domain,
                  place.path,
                  LimitReader.read(fields, name, reading),
                  name,
                  replaces(fields, name),
                  shadow,
                  quota,
                  detailed,
                  metadata);
            });
  }

  private Metadata.Fields metadata(RuleFields descriptor) {
    if (descriptor.has("metadata") && !descriptor.isMap("metadata")) {
      reading.error(descriptor.node(), "error parsing metadata");
      return Metadata.Fields.NONE;
    }
    return descriptor
        .map("metadata")
        .map(map -> new MetadataReader(reading).read(map))
        .orElse(Metadata.Fields.NONE);
  }

  private List<String> replaces(RuleFields fields, String name) {
    List<String> replaces = new ArrayList<>();
    for (MappingNode map : fields.maps("replaces")) {
      String replaced = new RuleFields(reading, map, Set.of("name")).text("name");
      if (replaced.isEmpty()) {
        reading.error(map, "should not have an empty replaces entry");
      } else if (replaced.equals(name)) {
        reading.error(map, "replaces should not contain name of same descriptor");
      }
      replaces.add(replaced);
    }
    return replaces;
  }
}
