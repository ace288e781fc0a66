package dev.sluice.command;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.KeyText;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.SluiceProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keys by the command line, with the embedded Redis of a server that runs, and of one that does
 * not.
 */
class KeysCommandIT {
  @TempDir private Path folder;
  private String file;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(
        folder.resolve("sambastack.yaml"),
        """
        serviceTiers:
          web:
          - {models: [small], qos: web}
          free:
          - {models: [small], qos: web}
          deprecated:
          - {models: [old]}
        """);
    Path sluice = folder.resolve("sluice.yaml");
    Files.writeString(
        sluice,
        """
        sambastack: sambastack.yaml
        redis: embedded
        gateway: {host: 127.0.0.1, port: 0}
        grpc: {host: 127.0.0.1, port: 0}
        http: {host: 127.0.0.1, port: 0}
        metrics: {host: 127.0.0.1, port: 0}
        debug: {port: 0}
        deployments:
        - {name: one, url: "http://127.0.0.1:1", slots: 1, models: [small], qosList: [web]}
        """);
    file = sluice.toString();
  }

  @Test
  void aKeyIsKeptWhenNoServerRunsAndRevokedWhileOneDoes() {
    String key = create("alice");
    KeyText text = KeyText.parse(key).orElseThrow();
    try (SluiceProcess server = new SluiceProcess(folder, Map.of(), "serve", "--config", file)) {
      String gateway = server.door("gateway");
      // Admitted, and then there is no backend.
      assertThat(ask(gateway, key)).isEqualTo(502);
      String id = id(text);
      assertThat(run("keys", "revoke", "--config", file, "--organization", "acme", id))
          .isEqualTo("revoked " + id);
      assertThat(ask(gateway, key)).isEqualTo(401);
      String other = create("bob");
      assertThat(ask(gateway, other)).isEqualTo(502);
      assertThat(run("keys", "revoke", "--config", file, other)).startsWith("revoked key-");
      assertThat(ask(gateway, other)).isEqualTo(401);
      assertThat(server.log()).doesNotContain(key, other);
      server.terminate();
      server.exitCode();
    }
    // Written when the server stopped: that was long before the next time.
    assertThat(
            new CommandLines(Path.of(file))
                .ok("keys", "show", id(text), "--organization", "acme")
                .lines())
        .anyMatch(line -> line.matches("lastUsed +20.*Z"));
  }

  @Test
  void whatMayBeAKeyIsNotRepeated() {
    try (SluiceProcess keys =
        new SluiceProcess(
            folder, Map.of(), "keys", "revoke", "--config", file, "sluice_acme_mistyped")) {
      assertThat(keys.exitCode()).isEqualTo(1);
      assertThat(keys.log()).contains("expected a whole key").doesNotContain("mistyped");
    }
  }

  @Test
  void theIdAndTheTierThatHoldsAreSaidBesideTheKey() {
    create("alice");
    try (SluiceProcess again =
        new SluiceProcess(
            folder,
            Map.of(),
            "keys",
            "create",
            "--config",
            file,
            "--organization",
            "acme",
            "--user",
            "alice",
            "--tier",
            "free")) {
      KeyText key = KeyText.parse(again.line()).orElseThrow();
      assertThat(again.exitCode()).isZero();
      assertThat(again.log())
          .contains(
              "key-" + key.hash().substring(0, 16) + " of acme, user alice, tier web",
              "the user is not new and keeps its tier: --tier free was not applied");
    }
  }

  @Test
  void aTierThatDoesNotExistIsOneClearLine() {
    try (SluiceProcess keys =
        new SluiceProcess(
            folder,
            Map.of(),
            "keys",
            "create",
            "--config",
            file,
            "--organization",
            "acme",
            "--user",
            "a",
            "--tier",
            "wob")) {
      assertThat(keys.exitCode()).isEqualTo(1);
      assertThat(keys.log())
          .contains("there is no 'wob'", "did you mean \"web\"?")
          .doesNotContain("Exception");
    }
  }

  private static String id(KeyText text) {
    return "key-" + text.hash().substring(0, 16);
  }

  private String create(String user) {
    return run(
        "keys",
        "create",
        "--config",
        file,
        "--organization",
        "acme",
        "--user",
        user,
        "--tier",
        "web");
  }

  private String run(String... words) {
    try (SluiceProcess process = new SluiceProcess(folder, Map.of(), words)) {
      String line = process.line();
      assertThat(process.exitCode()).as(process.log()).isZero();
      return line;
    }
  }

  private static int ask(String gateway, String key) {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create(gateway + "/v1/chat/completions"))
                  .header("Authorization", "Bearer " + key)
                  .POST(HttpRequest.BodyPublishers.ofString(body("small")))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
