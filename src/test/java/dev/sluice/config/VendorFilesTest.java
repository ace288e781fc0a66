package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.QosList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole files: those that the vendor prints, and ten that use every feature. Each says at its end
 * what it means: {@code #=} a tier and model, {@code #:} a deployment, a group and its qosList.
 */
final class VendorFilesTest {
  private static final Path FILES = Path.of("src/test/resources/sambastack");

  static Stream<Path> files() throws IOException {
    List<Path> found;
    try (Stream<Path> below = Files.walk(FILES)) {
      found = below.filter(Files::isRegularFile).sorted().toList();
    }
    assertThat(found).hasSizeGreaterThanOrEqualTo(16);
    return found.stream();
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyFile_isReadAsItSays(Path file) throws IOException {
    Vendors read = Vendors.read(file);

    assertThat(read.valid()).as("%s", read.texts()).isTrue();
    assertThat(read.texts())
        .allMatch(warning -> warning.contains("allowedTokens: is not enforced"));
    assertThat(read.lines()).containsExactlyInAnyOrderElementsOf(marked(file, "#= "));
    for (String deployment : marked(file, "#: ")) {
      List<String> words = Arrays.asList(deployment.split(" ", -1));
      assertThat(read.bundles().qosList(words.get(0), words.get(1)))
          .as(deployment)
          .contains(new QosList(words.subList(2, words.size())));
    }
    assertThat(read.bundles().deployments())
        .hasSize(
            (int) marked(file, "#: ").stream().map(l -> l.split(" ", 2)[0]).distinct().count());
  }

  private static List<String> marked(Path file, String mark) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(mark))
        .map(line -> line.substring(mark.length()))
        .toList();
  }

  /** As Kubernetes lays out a ConfigMap: links to a folder that a link names. */
  @Test
  void directory_ofAKubernetesVolume_isReadOnceInTheOrderOfNames(@TempDir Path folder)
      throws IOException {
    Path data = Files.createDirectory(folder.resolve("..2026_11_22"));
    Files.createSymbolicLink(folder.resolve("..data"), data.getFileName());
    for (String name : List.of("b.yaml", "a.yml", "notes.txt")) {
      Files.writeString(
          data.resolve(name), name.equals("b.yaml") ? web() : "serviceTiers: {free: []}");
      Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
    }
    Files.writeString(folder.resolve(".draft.yaml"), "serviceTiers: [");
    Path deeper = Files.createDirectory(folder.resolve("more"));
    Files.writeString(deeper.resolve("c.yaml"), "serviceTiers: {gold: {inherits: web}}");

    Vendors read = Vendors.read(folder);

    assertThat(read.texts()).isEmpty();
    assertThat(read.tiers()).extracting(EffectiveTier::name).containsExactly("free", "web", "gold");
  }

  @Test
  void tierInTwoFiles_isAnErrorThatNamesBoth(@TempDir Path folder) throws IOException {
    Path one = Files.writeString(folder.resolve("one.yaml"), "\n" + web());
    Path two = Files.writeString(folder.resolve("two.yaml"), web());

    assertThat(Vendors.read(one, two).texts())
        .containsExactly(
            "two.yaml:1: serviceTiers.web: this tier stands twice, first at one.yaml:2; remove"
                + " one");
    assertThat(Vendors.read(one, one, folder.resolve("./one.yaml")).valid()).isTrue();
  }

  @Test
  void directoryWithoutFiles_isAnError(@TempDir Path folder) {
    assertThat(Vendors.read(folder).problems())
        .singleElement()
        .asString()
        .endsWith("cannot be read: no file in it has a name that ends in .yaml or .yml");
  }

  private static String web() {
    return "serviceTiers: {web: [{models: [m]}]}";
  }
}
