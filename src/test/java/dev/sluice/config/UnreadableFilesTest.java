package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders in which something is not to be read. */
final class UnreadableFilesTest {
  private final Path folder;
  private final Path vendors;

  UnreadableFilesTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.vendors = Files.createDirectory(folder.resolve("d"));
    Files.writeString(vendors.resolve("a.yaml"), "serviceTiers: {free: [{models: [m]}]}\n");
    Files.writeString(
        folder.resolve("sluice.yaml"),
        "sambastack: d\ndeployments:\n- {name: one, url: 'http://127.0.0.1:1', slots: 1,"
            + " models: [m], qosList: [free]}\n");
  }

  private Configuration load() throws InvalidConfiguration {
    return Configuration.load(folder.resolve("sluice.yaml"), Map.of());
  }

  private List<String> problems() {
    return catchThrowableOfType(InvalidConfiguration.class, this::load).problems().stream()
        .map(problem -> problem.toString().replace(folder + "/", ""))
        .toList();
  }

  @Test
  void fileBehindALinkThatPointsToNothing_isAnError() throws Exception {
    Files.createSymbolicLink(vendors.resolve("b.yaml"), Path.of("gone.yaml"));

    assertThat(problems()).containsExactly("d/b.yaml: cannot be read: the link points to nothing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# serviceTiers:", "---\\n---\\n"})
  void fileThatWasEmptied_isAnErrorThoughTheQosListsStandInOurs(String text) throws Exception {
    Files.writeString(vendors.resolve("a.yaml"), text.translateEscapes());

    assertThat(problems())
        .containsExactly(
            "d/a.yaml:1: no document in it: expected serviceTiers, bundles, or a resource with"
                + " them");
  }

  @Test
  void linkThatLeadsBack_isAnErrorThatSaysSo() throws Exception {
    Files.createSymbolicLink(vendors.resolve("again"), Path.of("."));

    assertThat(problems())
        .containsExactly(
            "d/again: cannot be read: the link leads back to a directory that it is in");
  }

  @Test
  void linkToItself_isAnError() throws Exception {
    Files.createSymbolicLink(vendors.resolve("b.yaml"), Path.of("b.yaml"));

    assertThat(problems())
        .singleElement()
        .asString()
        .startsWith("d/b.yaml: cannot be read: the link does not lead to a file: ");
  }

  @Test
  void linkWithAnotherEndingOrADot_isNotMissed() throws Exception {
    Files.createSymbolicLink(vendors.resolve("notes.txt"), Path.of("gone"));
    Files.createSymbolicLink(vendors.resolve(".b.yaml"), Path.of("gone"));

    assertThat(load().catalog().tiers()).containsKey("free");
  }

  @Test
  void namedFileThatIsALinkToNothing_isSaidToBeOne() throws Exception {
    Files.createSymbolicLink(folder.resolve("s.yaml"), Path.of("gone.yaml"));
    Files.writeString(folder.resolve("sluice.yaml"), "sambastack: s.yaml\n");

    assertThat(problems()).containsExactly("s.yaml: cannot be read: the link points to nothing");
  }

  @Test
  void rulesBehindALinkThatPointsToNothing_areLeftOutWithAWarning() throws Exception {
    Path rules = Files.createDirectory(folder.resolve("rules"));
    Files.writeString(rules.resolve("a.yaml"), "domain: d\n");
    Files.createSymbolicLink(rules.resolve("b.yaml"), Path.of("gone.yaml"));
    Path file = folder.resolve("sluice.yaml");
    Files.writeString(file, Files.readString(file) + "rateLimit: {directory: rules}\n");

    assertThat(load().warnings())
        .extracting(problem -> problem.toString().replace(folder + "/", ""))
        .contains("rules/b.yaml: is left out: the link points to nothing");
  }
}
