package dev.sluice.config;

import dev.sluice.account.PlatformAdministrators;
import dev.sluice.config.Problem.Severity;
import dev.sluice.ratelimit.DirectoryFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Reads the vendor's {@code sambastack.yaml}, of both versions: one file or several, bare or in a
 * ConfigMap, in one document or several, with resources beside it.
 */
final class SambaStackReader {
  private static final String VENDOR = "sambanova.ai/";

  private final TiersReader tiersReader = new TiersReader();
  private final BundlesReader bundles = new BundlesReader();
  private final AdministratorsReader administrators = new AdministratorsReader();
  private final Field place;
  private List<EffectiveTier> tiers = List.of();
  private boolean whole = true;

  private SambaStackReader(Field place) {
    this.place = place;
  }

  /**
   * Empty, with a problem, when a file or a part of it cannot be read or is not YAML: then nobody
   * can say what it lacks.
   *
   * @param named files and directories
   * @param except our own file, which may stand in one of the directories
   */
  static Optional<SambaStackReader> read(List<Path> named, Path except, Problems problems) {
    Optional<List<Path>> files = files(named, except, problems);
    if (files.isEmpty() || files.get().isEmpty()) {
      return Optional.empty();
    }
    Reading first = reading(files.get().get(0), problems);
    SambaStackReader reader = new SambaStackReader(Field.root(first, Optional.empty()));
    for (Path file : files.get()) {
      Optional<String> text = YamlText.read(file, problems);
      text.ifPresent(t -> reader.documents(t, reading(file, problems), reader::resource));
      reader.whole &= text.isPresent();
    }
    if (!reader.whole) {
      return Optional.empty();
    }
    reader.tiers = Inheritance.resolve(reader.tiersReader.declared());
    return Optional.of(reader);
  }

  private static Reading reading(Path file, Problems problems) {
    return new Reading(Source.file(file.toString()), problems, Overrides.none(), Severity.WARNING);
  }

  /** The files, each once; empty, with a problem, when a directory cannot be listed. */
  private static Optional<List<Path>> files(List<Path> named, Path except, Problems problems) {
    Map<Path, Path> files = new LinkedHashMap<>();
    boolean whole = true;
    for (Path path : named) {
      List<Path> found = Files.isDirectory(path) ? below(path, problems) : List.of(path);
      whole &= !found.isEmpty();
      found.forEach(file -> files.putIfAbsent(plain(file), file));
    }
    files.remove(plain(except));
    return whole ? Optional.of(new ArrayList<>(files.values())) : Optional.empty();
  }

  private static Path plain(Path file) {
    return file.toAbsolutePath().normalize();
  }

  private static List<Path> below(Path directory, Problems problems) {
    try {
      DirectoryFiles.Listing listing = new DirectoryFiles(directory, true).list();
      List<Path> files = listing.files().stream().filter(SambaStackReader::isYaml).toList();
      Map<Path, DirectoryFiles.Unreadable> missing = new TreeMap<>(listing.unreadable());
      // A broken link with another name would not have been read either.
      missing.entrySet().removeIf(one -> one.getValue().link() && isOther(one.getKey()));
      missing.forEach((file, it) -> unreadable(file, it.why(), problems));
      if (files.isEmpty() && missing.isEmpty()) {
        unreadable(directory, "no file in it has a name that ends in .yaml or .yml", problems);
      }
      return missing.isEmpty() ? files : List.of();
    } catch (IOException e) {
      unreadable(directory, DirectoryFiles.why(e), problems);
      return List.of();
    }
  }

  /** A link to a directory may have any name: only one that looks like a file is passed over. */
  private static boolean isOther(Path file) {
    String name = file.getFileName().toString();
    return name.contains(".") && !isYaml(file);
  }

  private static boolean isYaml(Path file) {
    return file.toString().matches(".*\\.ya?ml");
  }

  private static void unreadable(Path file, String why, Problems problems) {
    problems.add(
        Severity.ERROR, file.toString(), OptionalInt.empty(), "", "cannot be read: " + why);
  }

  /** The tiers of all files, with what they inherit. */
  List<EffectiveTier> tiers() {
    return tiers;
  }

  BundlesReader bundles() {
    return bundles;
  }

  PlatformAdministrators administrators() {
    return administrators.all();
  }

  /** Where to speak of what no file has. */
  Field place() {
    return place;
  }

  private void documents(String text, Reading reading, Consumer<Field> each) {
    Optional<List<Node>> documents = YamlText.documents(text, reading.source(), reading.problems());
    List<Field> roots =
        documents.orElse(List.of()).stream()
            .map(node -> Field.root(reading, Optional.of(node)))
            .filter(Field::isPresent)
            .toList();
    if (documents.isPresent() && roots.isEmpty()) {
      // An emptied or truncated file must not take away all that it had.
      Field.root(reading, Optional.empty())
          .error("no document in it: expected serviceTiers, bundles, or a resource with them");
    }
    roots.forEach(each);
    whole &= !roots.isEmpty();
  }

  /** Reads a document that may be a Kubernetes resource around the file. */
  private void resource(Field document) {
    if (document.peek("kind").filter("ConfigMap"::equals).isPresent()) {
      document.read(this::configMap);
    } else if (document.peek("kind").filter("List"::equals).isPresent()) {
      document.read(this::list);
    } else {
      content(document);
    }
  }

  /** Reads what {@code kubectl get -o yaml} prints of several resources. */
  private void list(Fields list) {
    list.ignore("apiVersion", "kind", "metadata");
    list.field("items").items().forEach(this::content);
  }

  private void content(Field document) {
    String kind = document.peek("kind").orElse("");
    boolean vendors = document.peek("apiVersion").orElse(VENDOR).startsWith(VENDOR);
    boolean deployment = kind.equals("BundleDeployment") || kind.equals("ModelDeployment");
    if (kind.isEmpty()) {
      document.read(this::sections);
    } else if (vendors && deployment) {
      bundles.readResource(document);
    } else if (!kind.equals("HelmChartConfig") && !(vendors && document.has("apiVersion"))) {
      document.warning("a resource of kind " + kind + " is not read by this version");
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
    documents(scalar.getValue(), file.reading().in(inner), this::content);
  }

  private void sections(Fields root) {
    root.ignore("gateway", "cloud-ui", "cloudnative-pg");
    administrators.read(root.field("db-admin"));
    administrators.read(root.field("auth-and-billing"));
    tiersReader.read(root.field("serviceTiers"));
    bundles.read(root.field("bundles"));
  }
}
