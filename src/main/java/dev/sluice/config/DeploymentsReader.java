package dev.sluice.config;

import dev.sluice.config.SluiceConfig.DeploymentSettings;
import dev.sluice.queue.QosList;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code deployments} of {@code sluice.yaml}. */
final class DeploymentsReader {
  private static final int MOST_SLOTS = 100_000;

  /** As Kubernetes names things; a name stands in Redis keys and metric labels. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /** What a header can carry. */
  private static final Pattern KEY = Pattern.compile("[!-~]+");

  private final List<PlacedDeployment> deployments = new ArrayList<>();
  private final Map<String, Field> names = new HashMap<>();

  /** A deployment with its place in the file. */
  record PlacedDeployment(DeploymentSettings settings, Field name, Field qosList) {}

  List<PlacedDeployment> deployments() {
    return deployments;
  }

  List<DeploymentSettings> settings() {
    return deployments.stream().map(PlacedDeployment::settings).toList();
  }

  void read(Field field) {
    for (Field item : field.items()) {
      item.required().map(this::deployment).ifPresent(deployments::add);
    }
  }

  private Optional<PlacedDeployment> deployment(Fields fields) {
    Field nameField = fields.field("name").required();
    Optional<String> name = name(nameField);
    String group = name(fields.field("group")).orElse(BundlesReader.DEFAULT_GROUP);
    Optional<URI> url = url(fields.field("url").required());
    OptionalInt slots = fields.field("slots").required().wholeNumber(1, MOST_SLOTS);
    Set<String> models = new LinkedHashSet<>(fields.field("models").required().names());
    Optional<QosList> qosList = BundlesReader.qosList(fields.field("qosList"));
    Optional<String> apiKey =
        fields
            .field("apiKey")
            .secret()
            .value("visible ASCII characters", t -> Optional.of(t).filter(KEY.asMatchPredicate()));
    if (name.isEmpty() || url.isEmpty() || slots.isEmpty() || models.isEmpty()) {
      return Optional.empty();
    }
    DeploymentSettings settings =
        new DeploymentSettings(
            name.get(), group, url.get(), slots.getAsInt(), models, qosList, apiKey);
    Field earlier = names.putIfAbsent(settings.uniqueName(), nameField);
    if (earlier != null) {
      nameField.error(
          "line %d has a deployment %s already; name and group together must be unique"
              .formatted(earlier.line(), settings.uniqueName()));
    }
    return Optional.of(new PlacedDeployment(settings, nameField, fields.field("qosList")));
  }

  private static Optional<String> name(Field field) {
    return field.value(
        "a name of 1 to 128 letters, digits, '.', '_' and '-'",
        text -> Optional.of(text).filter(NAME.asMatchPredicate()));
  }

  /** Credentials in the URL would be shown in logs; they are refused, and not shown here either. */
  private static Optional<URI> url(Field field) {
    return field
        .secret()
        .value(
            "a URL such as http://10.0.0.1:8000 or https://host, without credentials, query and"
                + " fragment",
            DeploymentsReader::url);
  }

  private static Optional<URI> url(String text) {
    try {
      URI url = URI.create(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      boolean plain =
          url.getUserInfo() == null && url.getQuery() == null && url.getFragment() == null;
      return http && plain && url.getHost() != null ? Optional.of(url) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
