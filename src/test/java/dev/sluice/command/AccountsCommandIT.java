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
    sluice = CommandLines.on(one, folder.resolve("sluice.yaml"));
    elsewhere = CommandLines.on(other, folder.resolve("elsewhere.yaml"));
  }

  @Test
  void records_createdShownChangedArchived_areAsSaid() {
    sluice.ok("orgs", "create", "acme", "--name", "Acme <b>", "--key-age", "60d,90d");
    sluice.ok("projects", "create", "search", "--organization", "acme", "--tier", "web");
    sluice.ok("users", "create", "ada", "--organization", "acme", "--role", "finops");
    sluice.ok("users", "create", "bot", "--organization", "acme", "--service-account");
    sluice.ok("users", "change", "ada", "--organization", "acme", "--name", "Ada \uD83D\uDE80");
    sluice.ok("tiers", "assign", "web", "--user", "ada", "--organization", "acme");
    sluice.ok("projects", "change", "search", "--organization", "acme", "--owner", "ada,bot");
    sluice.ok("projects", "create", "other", "--organization", "acme", "--owner", "ada");
    sluice.ok("users", "archive", "bot", "--organization", "acme");
    sluice.ok("projects", "archive", "search", "--organization", "acme");

    assertThat(sluice.ok("users", "list", "--organization", "acme").lines())
        .containsExactly(
            "ID   NAME    KIND             ROLE       TIER  OWNS          STATE",
            "ada  Ada \uD83D\uDE80  person           finops     web   other,search  active",
            "bot  bot     service_account  developer  -     search        archived");
    assertThat(sluice.ok("projects", "list", "--organization", "acme").lines())
        .containsExactly(
            "ID      NAME    TIER  OWNERS              STATE",
            "other   other   -     ada                 active",
            "search  search  web   ada,bot (archived)  archived");
    assertThat(sluice.ok("users", "show", "ada", "--organization", "acme").lines())
        .contains("owns            [\"other\",\"search\"]");
    assertThat(sluice.ok("orgs", "list").lines())
        .anyMatch(line -> line.matches("acme +Acme <b> +- +60d/90d +active"));
    assertThat(sluice.ok("projects", "list", "--organization", "acme", "--format", "json").lines())
        .last()
        .satisfies(
            line -> {
              JsonNode project = new ObjectMapper().readTree(line);
              assertThat(project.at("/archived").asBoolean()).isTrue();
              assertThat(project.at("/revision").asInt()).isEqualTo(3);
              assertThat(project.at("/owners").toString()).isEqualTo("[\"ada\",\"bot\"]");
              assertThat(project.at("/archivedOwners").toString()).isEqualTo("[\"bot\"]");
            });
    sluice.ok("projects", "restore", "search", "--organization", "acme");
    assertThat(sluice.ok("projects", "show", "search", "--organization", "acme").lines())
        .contains("revision        4", "tier            web");
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
    sluice.ok("tiers", "assign", "web", "--key", id, "--organization", "keys");
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
        .isEqualTo(
            "sluice: name: has the character U+0007 where it may not stand: a name has letters of"
                + " any script, digits, punctuation, symbols and emoji, and blanks inside\n");
    assertThat(sluice.run("users", "create", "ada", "--organization", "nobody").said())
        .isEqualTo("sluice: there is no organization nobody\n");
    assertThat(sluice.run("users", "show", "ada", "--organization", "errors").said())
        .isEqualTo("sluice: there is no such user\n");
    assertThat(sluice.run("projects", "create", "p", "--organization", "errors", "--owner", "x"))
        .isEqualTo(new Ran(1, List.of(), "sluice: there is no user x\n"));
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
              - {id: search, tier: web, owners: [ada]}
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
            + user applied/ada
            + user applied/ci
            + project applied/search
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
    sluice.ok("projects", "change", "default", "--organization", "moved", "--owner", "ada");
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
  void audit_ofAnOrganization_saysWhoChangedWhatTheNewestFirst() throws IOException {
    String key =
        sluice.ok("keys", "create", "--organization", "audited", "--user", "ada").lines().get(0);
    sluice.ok("users", "change", "ada", "--organization", "audited", "--role", "finops");
    sluice.ok("keys", "rotate", idOf(key), "--organization", "audited");

    List<String> all = sluice.ok("orgs", "audit", "audited").lines();
    assertThat(all).hasSize(7);
    assertThat(all.get(0)).matches("TIME +ACTOR +ACTION +KIND +ID +WHAT");
    assertThat(all.get(1)).contains("command-line", "rotate", idOf(key), "lastFour");
    assertThat(all.get(2)).contains("user", "ada", "role \"DEVELOPER\" → \"FINOPS\"");
    assertThat(all.get(6)).matches(".* create +organization +audited +name - → \"audited\"");
    assertThat(all.toString()).doesNotContain("secretHash", key);

    assertThat(
            sluice
                .ok(
                    "orgs",
                    "audit",
                    "audited",
                    "--kind",
                    "user",
                    "--since",
                    "1d",
                    "--format",
                    "json")
                .lines())
        .hasSize(2)
        .first()
        .satisfies(
            line -> {
              JsonNode entry = new ObjectMapper().readTree(line);
              assertThat(entry.at("/action").asText()).isEqualTo("replace");
              assertThat(entry.at("/before/role").asText()).isEqualTo("DEVELOPER");
              assertThat(entry.at("/after/role").asText()).isEqualTo("FINOPS");
            });
    assertThat(sluice.ok("orgs", "audit", "audited", "--id", "nobody").lines()).hasSize(1);
  }

  @Test
  void audit_longerThanAPage_isAllThere() {
    sluice.ok("orgs", "create", "long");
    try (RedisClient client = RedisClient.create(one.url())) {
      for (int i = 0; i < 250; i++) {
        client
            .connect()
            .sync()
            .xadd(
                "{long}:audit",
                "time",
                "0",
                "actor",
                "a",
                "action",
                "replace",
                "kind",
                "user",
                "id",
                "u" + i,
                "before",
                "{}",
                "after",
                "{}");
      }
    }

    assertThat(sluice.ok("orgs", "audit", "long", "--format", "json").lines()).hasSize(251);
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

  private static String idOf(String key) {
    return "key-" + KeyText.parse(key).orElseThrow().hash().substring(0, 16);
  }

  private static List<String> withoutRevisions(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll("\"revision\":\\d+,", "")).toList();
  }

  private String accounts(String text) throws IOException {
    return Files.writeString(folder.resolve("accounts.yaml"), text).toString();
  }
}
