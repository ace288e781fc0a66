package dev.sluice.config;

import dev.sluice.queue.QosList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code bundles.bundleDeploymentSpecs}: the qosList of each group of each deployment. */
final class BundlesReader {
  static final String DEFAULT_GROUP = "default";

  private final Map<String, Map<String, Field>> groups = new HashMap<>();
  private final Map<String, Map<String, QosList>> qosLists = new HashMap<>();

  /** The names of all deployments, right or wrong. */
  Set<String> deployments() {
    return groups.keySet();
  }

  /** The qosList's place in the file, even when what stands there is wrong. */
  Optional<Field> qosListField(String deployment, String group) {
    return Optional.ofNullable(groups.getOrDefault(deployment, Map.of()).get(group));
  }

  Optional<QosList> qosList(String deployment, String group) {
    return Optional.ofNullable(qosLists.getOrDefault(deployment, Map.of()).get(group));
  }

  void read(Field bundles) {
    bundles.read(
        fields -> {
          fields.ignore("bundleSpecs");
          for (Field spec : fields.field("bundleDeploymentSpecs").items()) {
            spec.required().read(this::deployment);
          }
        });
  }

  private void deployment(Fields fields) {
    Field nameField = fields.field("name").required();
    String name = nameField.text().orElse("");
    Map<String, Field> known = new HashMap<>();
    if (!name.isEmpty() && groups.putIfAbsent(name, known) != null) {
      nameField.error("two deployments have the name " + name + "; give each its own");
    }
    for (Field group : fields.field("groups").items()) {
      group.required().read(f -> group(name, known, f));
    }
  }

  private void group(String deployment, Map<String, Field> known, Fields fields) {
    Field nameField = fields.field("name");
    String name = nameField.text().orElse(DEFAULT_GROUP);
    fields.field("minReplicas").wholeNumber(0, Long.MAX_VALUE);
    Field listField = fields.field("qosList");
    if (known.containsKey(name)) {
      nameField.error("two groups of one deployment have the name " + name);
    }
    Optional<QosList> list = qosList(listField);
    if (listField.isPresent()) {
      known.putIfAbsent(name, listField);
    }
    list.ifPresent(
        qosList -> qosLists.computeIfAbsent(deployment, d -> new HashMap<>()).put(name, qosList));
  }

  /** Reads a list of labels; empty when there is none, or one that is wrong. */
  static Optional<QosList> qosList(Field field) {
    if (field.absent()) {
      return Optional.empty();
    }
    List<String> labels = new ArrayList<>();
    for (Field item : field.required().items()) {
      Optional<String> label = item.required().text();
      if (label.isPresent() && labels.contains(label.get())) {
        item.error("the label " + label.get() + " stands twice; remove one");
      } else {
        label.ifPresent(labels::add);
      }
    }
    return labels.isEmpty() ? Optional.empty() : Optional.of(new QosList(labels));
  }
}
