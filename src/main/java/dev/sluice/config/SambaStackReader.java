package dev.sluice.config;

import dev.sluice.account.PlatformAdministrators;
import dev.sluice.config.Problem.Severity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Reads the vendor's {@code sambastack.yaml}, v1 shape: bare or in a ConfigMap, in one document or
 * several.
 */
final class SambaStackReader {
  private final TiersReader tiers = new TiersReader();
  private final BundlesReader bundles = new BundlesReader();
  private final AdministratorsReader administrators = new AdministratorsReader();
  private boolean whole = true;

  private SambaStackReader() {}

  /**
   * Empty, with a problem, when the file or a part of it cannot be read or is not YAML: then nobody
   * can say what it lacks.
   */
  static Optional<SambaStackReader> read(Path file, Problems problems) {
    Optional<String> text = YamlText.read(file, problems);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Source source = Source.file(file.toString());
    Reading reading = new Reading(source, problems, Overrides.none(), Severity.WARNING);
    SambaStackReader reader = new SambaStackReader();
    reader.documents(text.get(), reading, SambaStackReader::resource);
    if (!reader.whole) {
      return Optional.empty();
    }
    if (reader.tiers.none() && !problems.hasErrors()) {
      reading.report(Severity.WARNING, 1, "serviceTiers", "missing: no model can be called");
    }
    return Optional.of(reader);
  }

  TiersReader tiers() {
    return tiers;
  }

  BundlesReader bundles() {
    return bundles;
  }

  PlatformAdministrators administrators() {
    return administrators.all();
  }

  private interface DocumentReader {
    void read(SambaStackReader reader, Field document);
  }

  private void documents(String text, Reading reading, DocumentReader each) {
    Optional<List<Node>> documents = YamlText.documents(text, reading.source(), reading.problems());
    documents
        .orElse(List.of())
        .forEach(node -> each.read(this, Field.root(reading, Optional.of(node))));
    whole &= documents.isPresent();
  }

  /** Reads a document that may be a Kubernetes resource around the file. */
  private void resource(Field document) {
    Optional<String> kind = document.peek("kind");
    if (kind.isEmpty()) {
      sections(document);
    } else if (kind.get().equals("ConfigMap")) {
      document.read(this::configMap);
    } else if (!kind.get().equals("HelmChartConfig")) {
      document.warning("a resource of kind " + kind.get() + " is not read by this version");
    }
  }

  private void configMap(Fields configMap) {
    configMap.ignore("apiVersion", "kind", "metadata");
    Field data = configMap.field("data").required();
    data.read(
        entries -> {
          Field file = entries.field("sambastack.yaml").required();
          if (file.text().isPresent()) {
            embedded(file);
          } else {
            whole = false;
          }
        });
  }

  private void embedded(Field file) {
    ScalarNode scalar = file.scalar().orElseThrow();
    Source outer = file.reading().source();
    int first = outer.line(scalar.getStartMark());
    Source inner =
        scalar.getScalarStyle() == ScalarStyle.LITERAL
            ? new Source(outer.file(), first + 1, true)
            : new Source(outer.file(), first, false);
    documents(scalar.getValue(), file.reading().in(inner), SambaStackReader::sections);
  }

  private void sections(Field document) {
    document.read(
        root -> {
          root.ignore("gateway", "cloud-ui");
          administrators.read(root.field("db-admin"));
          administrators.read(root.field("auth-and-billing"));
          tiers.read(root.field("serviceTiers"));
          bundles.read(root.field("bundles"));
        });
  }
}
