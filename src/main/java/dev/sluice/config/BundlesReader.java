package dev.sluice.config;

import dev.sluice.queue.QosList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the qosList of each group of each deployment: from {@code bundles.bundleDeploymentSpecs},
 * and from resources of the kinds {@code BundleDeployment} and {@code ModelDeployment}.
 */
final class BundlesReader {
  static final String DEFAULT_GROUP = "default";

  private final Map<String, Field> names = new HashMap<>();
  private final Map<String, Map<String, Field>> groups = new HashMap<>();
  private final Map<String, Map<String, QosList>> qosLists = new HashMap<>();
  private final Map<String, ServingName> servingNames = new HashMap<>();

  /** What the API calls the model of a deployment. */
  record ServingName(String name, Field field) {}

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

  /** By deployment, where a resource says it. */
  Map<String, ServingName> servingNames() {
    return servingNames;
  }

  void read(Field bundles) {
    bundles.read(
        fields -> {
          fields.ignore("bundleSpecs");
          for (Field spec : fields.field("bundleDeploymentSpecs").items()) {
            spec.required()
                .read(one -> deployment(one.field("name").required(), one.field("groups")));
          }
        });
  }

  /** Reads a resource, as the second version of the vendor's product has them. */
  void readResource(Field resource) {
    resource.read(
        fields -> {
          fields.ignore("apiVersion", "kind", "status");
          Field name = fields.field("metadata").required().map(BundlesReader::name);
          fields.field("spec").required().read(spec -> specification(name, spec));
        });
  }

  private static Field name(Fields metadata) {
    metadata.all(); // Kubernetes puts more there than anybody could list
    return metadata.field("name").required();
  }

  private void specification(Field nameField, Fields spec) {
    spec.ignore("owner", "secretNames", "engineConfig");
    Field bundle = spec.field("bundle");
    Field models = spec.field("models");
    if (bundle.isPresent() && models.isPresent()) {
      models.error("stands beside bundle; a deployment has one of the two");
    } else if (!bundle.isPresent() && !models.isPresent()) {
      spec.field("bundle").error("missing: expected bundle, or models");
    }
    Field serving = spec.field("name");
    Optional<String> name = deployment(nameField, spec.field("groups"));
    Optional<String> inTheApi = serving.text();
    if (name.isPresent() && inTheApi.isPresent()) {
      servingNames.put(name.get(), new ServingName(inTheApi.get(), serving));
    }
  }

  /** The deployment's name, if it has one. */
  private Optional<String> deployment(Field nameField, Field list) {
    Optional<String> text = nameField.text();
    Map<String, Field> known = new HashMap<>();
    if (text.isPresent()) {
      Field earlier = names.putIfAbsent(text.get(), nameField);
      if (earlier == null) {
        groups.put(text.get(), known);
      } else {
        nameField.error(
            "two deployments have the name %s, the first at %s; give each its own"
                .formatted(text.get(), earlier.place()));
      }
    }
    for (Field group : list.items()) {
      group.required().read(fields -> group(text.orElse(""), known, fields));
    }
    return text;
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
      Optional<String> label = item.required().name();
      if (label.isPresent() && labels.contains(label.get())) {
        item.error("the label " + label.get() + " stands twice; remove one");
      } else {
        label.ifPresent(labels::add);
      }
    }
    return labels.isEmpty() ? Optional.empty() : Optional.of(new QosList(labels));
  }
}
