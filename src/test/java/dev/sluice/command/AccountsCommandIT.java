package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.KeyText;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.CommandLines.Ran;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Organizations, projects, users and keys by the command line, on a Redis of their own. */
class AccountsCommandIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        web:
        - {models: [small], qos: web}
        free:
        - {models: [small], qos: web}
        deprecated:
        - {models: [old]}
      """;

  private static EmbeddedRedis one;
  private static EmbeddedRedis other;

  @TempDir private Path folder;
  private CommandLines sluice;
  private CommandLines elsewhere;

  @BeforeAll
  static void start() {
    one = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    other = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
  }

  @AfterAll
  static void stop() {
    one.close();
    other.close();
  }

  @BeforeEach
  void configure() throws IOException {
    Files.writeString(folder.resolve("sambastack.yaml"), SAMBASTACK);
    sluice = on(one, "sluice.yaml");
    elsewhere = on(other, "elsewhere.yaml");
  }

  @Test
  void records_createdShownChangedArchived_areAsSaid() {
    sluice.ok("orgs", "create", "acme", "--name", "Acme <b>", "--key-age", "60d,90d");
    sluice.ok("projects", "create", "search", "--organization", "acme", "--tier", "web");
    sluice.ok("users", "create", "ada", "--organization", "acme", "--role", "finops");
    sluice.ok("users", "create", "bot", "--organization", "acme", "--service-account");
    sluice.ok("users", "change", "ada", "--organization", "acme", "--name", "Ada \uD83D\uDE80");
    sluice.ok("users", "assign", "ada", "--tier", "web", "--organization", "acme");
    sluice.ok("orgs", "assign", "acme", "--tier", "web");
    sluice.ok("orgs", "assign", "acme", "--none");
    sluice.ok("projects", "archive", "search", "--organization", "acme");

    assertThat(sluice.ok("users", "list", "--organization", "acme").lines())
        .containsExactly(
            "ID   NAME   KIND             ROLE       TIER  STATE",
            "ada  Ada \uD83D\uDE80  person           finops     web   active",
            "bot  bot    service_account  developer  -     active");
    assertThat(sluice.ok("orgs", "list").lines())
        .anyMatch(line -> line.matches("acme +Acme <b> +- +60d/90d +active"));
    assertThat(sluice.ok("projects", "list", "--organization", "acme", "--format", "json").lines())
        .singleElement()
        .satisfies(
            line -> {
              JsonNode project = new ObjectMapper().readTree(line);
              assertThat(project.at("/archived").asBoolean()).isTrue();
              assertThat(project.at("/revision").asInt()).isEqualTo(2);
            });
    sluice.ok("projects", "restore", "search", "--organization", "acme");
    assertThat(sluice.ok("projects", "show", "search", "--organization", "acme").lines())
        .contains("revision      3", "tier          web");
  }

  @Test
  void keys_issuedChangedRotatedRevoked_areShownOnce() {
    Ran created =
        sluice.ok(
            "keys",
            "create",
            "--organization",
            "keys",
            "--user",
            "ada",
            "--name",
            "ci",
            "--environment",
            "dev",
            "--permissions",
            "inference",
            "--models",
            "small",
            "--networks",
            "10.0.0.0/8,2001:db8::/32");
    KeyText text = KeyText.parse(created.lines().get(0)).orElseThrow();
    String id = "key-" + text.hash().substring(0, 16);
    sluice.ok("keys", "change", id, "--organization", "keys", "--models", "", "--valid", "90d");
    sluice.ok("keys", "assign", id, "--tier", "web", "--organization", "keys");
    Ran rotated = sluice.ok("keys", "rotate", id, "--organization", "keys", "--grace", "1h");
    KeyText next = KeyText.parse(rotated.lines().get(0)).orElseThrow();

    Ran shown = sluice.ok("keys", "show", id, "--organization", "keys", "--format", "json");
    assertThat(shown.lines().get(0))
        .contains(
            "\"environment\":\"dev\"",
            "\"permissions\":[\"inference\"]",
            "\"networks\":[\"10.0.0.0/8\",\"2001:db8:0:0:0:0:0:0/32\"]",
            "\"tier\":\"web\"",
            "\"expires\"",
            "\"lastFour\":\"" + next.lastFour() + "\"",
            "\"standing\":\"good\"")
        .doesNotContain("models", "Hash", text.hash(), next.hash());
    assertThat(sluice.ok("keys", "list", "--organization", "keys", "--user", "ada").lines())
        .hasSize(2);
    assertThat(sluice.ok("keys", "revoke", next.reveal()).lines()).containsExactly("revoked " + id);
    assertThat(sluice.ok("keys", "list", "--organization", "keys", "--user", "ada").lines())
        .hasSize(1);
    assertThat(sluice.ok("keys", "list", "--organization", "keys").lines().get(1))
        .endsWith("revoked");
  }

  @Test
  void mistakes_areOneClearLine() {
    sluice.ok("orgs", "create", "errors");
    assertThat(sluice.run("orgs", "create", "errors"))
        .isEqualTo(new Ran(1, List.of(), "sluice: organization errors exists\n"));
    assertThat(sluice.run("orgs", "create", "No").said()).startsWith("sluice: id: ");
    assertThat(sluice.run("orgs", "create", "no", "--name", "a\u0007b").said())
        .isEqualTo("sluice: name: has the character U+0007, which may not stand in a name\n");
    assertThat(sluice.run("users", "create", "ada", "--organization", "nobody").said())
        .isEqualTo("sluice: there is no organization nobody\n");
    assertThat(sluice.run("users", "show", "ada", "--organization", "errors").said())
        .isEqualTo("sluice: there is no such user\n");
    assertThat(sluice.run("orgs", "assign", "errors", "--tier", "wob").said())
        .contains("no tier 'wob'", "it has [free, web]");
    assertThat(
            sluice
                .run("keys", "create", "--organization", "errors", "--user", "a", "--networks", "x")
                .said())
        .startsWith("sluice: networks: expected 10.0.0.0/8");
  }

  @Test
  void apply_twice_changesNothingTheSecondTime() throws IOException {
    String file =
        accounts(
            """
            organizations:
            - id: applied
              name: Applied
              keyAge: {warn: 60d, refuse: 90d}
              projects:
              - {id: search, tier: web}
              users:
              - {id: ada, role: organization_admin}
              - {id: ci, kind: service_account}
              keys:
              - {name: pipeline, project: search, user: ci, environment: dev, models: [small]}
            """);

    Ran dry = sluice.ok("apply", "-f", file, "--dry-run");
    assertThat(dry.lines()).isEmpty();
    assertThat(dry.said())
        .isEqualTo(
            """
            + organization applied
            + project applied/search
            + user applied/ada
            + user applied/ci
            + key applied/ci/pipeline
            5 changes would be made
            """);
    assertThat(sluice.run("orgs", "show", "applied").code()).isEqualTo(1);

    Ran first = sluice.ok("apply", "-f", file);
    KeyText key = KeyText.parse(first.lines().get(0)).orElseThrow();
    assertThat(first.said()).endsWith("5 changes made\n");
    assertThat(sluice.ok("apply", "-f", file)).isEqualTo(new Ran(0, List.of(), "nothing to do\n"));

    String changed =
        accounts(
            Files.readString(Path.of(file))
                .replace("role: organization_admin", "role: finops, archived: true")
                .replace("models: [small]", "networks: [10.0.0.0/8]"));
    Ran second = sluice.ok("apply", "-f", changed);
    assertThat(second.lines()).isEmpty();
    assertThat(second.said())
        .isEqualTo(
            """
            ~ key applied/key-%s: models ["small"] → -; networks - → ["10.0.0.0/8"]
            ~ user applied/ada: archived - → true; role "ORGANIZATION_ADMIN" → "FINOPS"
            2 changes made
            """
                .formatted(key.hash().substring(0, 16)));
  }

  @Test
  void apply_fileWithMistakes_saysAllOfThemWithTheirLinesAndDoesNothing() throws IOException {
    String file =
        accounts(
            """
            organizations:
            - id: wrong
              nmae: Wrong
              users:
              - {id: "a b", role: emperor}
              - {id: ada, tier: wob}
              - {id: ada}
              keys:
              - {name: k, user: ada, project: p, networks: [home]}
            """);

    Ran ran = sluice.run("apply", "-f", file);

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.said())
        .contains(":3: organizations[0].nmae: unknown key")
        .contains(":5: organizations[0].users[0].id: the id of a user is 1 to 128")
        .contains(":5: organizations[0].users[0].role: expected one of organization_admin")
        .contains(":6: organizations[0].users[1].tier: there is no tier for users of this name")
        .contains(":7: organizations[0].users[2].id: stands twice, first in line 6")
        .contains(":9: organizations[0].keys[0].networks[0]: expected 10.0.0.0/8");
    assertThat(sluice.run("orgs", "show", "wrong").code()).isEqualTo(1);
  }

  @Test
  void export_imported_isTheSame() throws IOException {
    String key =
        sluice
            .ok("keys", "create", "--organization", "moved", "--user", "ada", "--tier", "web")
            .lines()
            .get(0);
    String id = "key-" + KeyText.parse(key).orElseThrow().hash().substring(0, 16);
    sluice.ok("keys", "rotate", id, "--organization", "moved");
    sluice.ok("users", "archive", "ada", "--organization", "moved");
    List<String> lines = sluice.ok("export").lines();
    assertThat(lines.toString()).doesNotContain(key);
    Path file = Files.write(folder.resolve("export.jsonl"), lines);

    Ran first = elsewhere.ok("import", file.toString());
    Ran again = elsewhere.ok("import", file.toString());

    assertThat(first.said())
        .isEqualTo(lines.size() + " created, 0 changed, 0 as they were, 0 refused\n");
    assertThat(again.said())
        .isEqualTo("0 created, 0 changed, " + lines.size() + " as they were, 0 refused\n");
    assertThat(withoutRevisions(elsewhere.ok("export").lines())).isEqualTo(withoutRevisions(lines));

    elsewhere.ok("users", "restore", "ada", "--organization", "moved");
    elsewhere.ok("keys", "revoke", id, "--organization", "moved");
    Ran back = elsewhere.run("import", file.toString());
    assertThat(back.code()).isEqualTo(1);
    assertThat(back.said())
        .contains("key " + id + " is revoked for ever")
        .endsWith("0 created, 1 changed, " + (lines.size() - 2) + " as they were, 1 refused\n");
  }

  @Test
  void rebuildIndex_afterTheIndexWasLost_listsAllAgain() {
    sluice.ok("orgs", "create", "lost");
    try (RedisClient client = RedisClient.create(one.url())) {
      client.connect().sync().del("sluice:organizations");
    }
    assertThat(sluice.ok("orgs", "list").lines()).hasSize(1);

    sluice.ok("orgs", "rebuild-index");

    assertThat(sluice.ok("orgs", "list").lines()).anyMatch(line -> line.startsWith("lost "));
  }

  private static List<String> withoutRevisions(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll("\"revision\":\\d+,", "")).toList();
  }

  private String accounts(String text) throws IOException {
    return Files.writeString(folder.resolve("accounts.yaml"), text).toString();
  }

  private CommandLines on(EmbeddedRedis redis, String name) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve(name),
            "sambastack: sambastack.yaml\nredis: "
                + redis.url()
                + "\ndeployments:\n- {name: one, url: 'http://127.0.0.1:1', slots: 1,"
                + " models: [small], qosList: [web]}\n");
    return new CommandLines(file);
  }
}
