package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is done to a file, it is read or refused; whatever is in a secret, it stays secret. */
final class ConfigurationProperties {
  private static final String SECRET = "hunter2";

  private static final String OURS =
      """
      sambastack: sambastack.yaml
      redis: redis://user:hunter2@127.0.0.1:6379
      gateway: {port: 8000, maxWait: 10s}
      deployments:
      - name: bd-x
        url: http://10.0.0.1:8000
        slots: 8
        models: [m]
        apiKey: hunter2
      """;

  private static final String VENDOR =
      """
      kind: ConfigMap
      data:
        sambastack.yaml: |
          bundles:
            bundleDeploymentSpecs:
            - name: bd-x
              groups: [{name: default, minReplicas: 1, qosList: [web, free]}]
          serviceTiers:
            web:
            - models: &models [m]
              queueDepth: 3
              rates: {allowedRequests: 10, periodSeconds: 60}
            free:
            - models: *models
            gold: {inherits: web, overrides: [{models: [m], queueDepth: 4}]}
            trial:
              scope: tier
              blocks: [{models: [m], maxOutputTokens: 5}]
            more:
            - {inherits: gold, overrides: {qos: web, maxBatchSize: 2}}
      ---
      apiVersion: sambanova.ai/v1alpha1
      kind: ModelDeployment
      metadata: {name: bd-y}
      spec: {name: m, models: [m], groups: [{name: default, qosList: [web]}]}
      """;

  /** Replaces {@code length} characters at a place by another text. */
  record Edit(int at, int length, String text) {
    String apply(String original) {
      int from = at % (original.length() + 1);
      int to = Math.min(original.length(), from + length);
      return original.substring(0, from) + text + original.substring(to);
    }
  }

  private static Path folder = Path.of("");

  @BeforeContainer
  static void makeFolder() throws IOException {
    folder = Files.createTempDirectory("sluice");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    Files.delete(folder.resolve("sluice.yaml"));
    Files.delete(folder.resolve("sambastack.yaml"));
    Files.delete(folder);
  }

  @Property(tries = 3000)
  void load_editedFiles_areReadOrRefused(
      @ForAll("edits") List<Edit> ours, @ForAll("edits") List<Edit> vendors) throws IOException {
    Files.writeString(folder.resolve("sambastack.yaml"), edit(VENDOR, vendors));
    Path file = Files.writeString(folder.resolve("sluice.yaml"), edit(OURS, ours));
    try {
      assertThat(Configuration.load(file, Map.of()).deployments()).isNotNull();
    } catch (InvalidConfiguration e) {
      assertThat(e.problems()).isNotEmpty();
    }
  }

  @Property(tries = 2000)
  void load_secretsOfAnyShape_areNotShown(
      @ForAll("texts") String before, @ForAll("texts") String after) throws IOException {
    Files.writeString(folder.resolve("sambastack.yaml"), VENDOR);
    Path file =
        Files.writeString(
            folder.resolve("sluice.yaml"), OURS.replace(SECRET, before + SECRET + after));
    try {
      assertThat(Configuration.load(file, Map.of()).toString()).doesNotContain(SECRET);
    } catch (InvalidConfiguration e) {
      assertThat(e.getMessage()).doesNotContain(SECRET);
    }
  }

  private static String edit(String text, List<Edit> edits) {
    String edited = text;
    for (Edit edit : edits) {
      edited = edit.apply(edited);
    }
    return edited;
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
        "",
        "",
        " ",
        "\n",
        "\t",
        ":",
        ": ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "\"",
        "'",
        "#",
        "&a ",
        "*a ",
        "!x ",
        "!!int ",
        "|",
        ">",
        "%",
        "@",
        ",",
        "~",
        "null",
        "---\n",
        "...\n",
        "0",
        "-1",
        "1e9",
        "\u0000",
        "\uFEFF",
        "\u00e9",
        "<<: ",
        "? ",
        "kind: X\n");
  }

  @Provide
  Arbitrary<List<Edit>> edits() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 2000), Arbitraries.integers().between(0, 12), texts())
        .as(Edit::new)
        .list()
        .ofMaxSize(3);
  }
}
