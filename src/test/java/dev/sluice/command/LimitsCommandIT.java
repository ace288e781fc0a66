package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.account.KeyText;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.CommandLines.Ran;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.StreamMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits of organizations, projects, users and keys by the command line. */
class LimitsCommandIT {
  private static final String JSON_OF_THREE =
      "[{\"allowedRequests\":100,\"periodSeconds\":60},{\"concurrency\":5},"
          + "{\"allowedRequests\":1000,\"periodSeconds\":86400,\"model\":\"gpt-oss-120b\"}]";

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
    Files.writeString(
        folder.resolve("sambastack.yaml"),
        "serviceTiers:\n  web:\n  - {models: [small], qos: web}\n");
    sluice = CommandLines.on(one, folder.resolve("sluice.yaml"));
    elsewhere = CommandLines.on(other, folder.resolve("elsewhere.yaml"));
  }

  @ParameterizedTest
  @CsvSource({"orgs, ", "projects, acme-projects", "users, acme-users"})
  void limits_setChangedCleared_areShown(String records, String organization) {
    if (organization != null) {
      sluice.ok("orgs", "create", organization);
    }

    run(records, "create", "it", organization, "--limit", "1/1s");
    assertThat(run(records, "show", "it", organization).lines()).contains("limits          1/1s");
    run(
        records,
        "change",
        "it",
        organization,
        "--limit",
        "1000/1d:gpt-oss-120b",
        "--limit",
        "running=5",
        "--limit",
        "100/60s");
    run(records, "change", "it", organization, "--name", "Renamed");
    assignTier(records, organization);
    run(records, "archive", "it", organization);
    run(records, "restore", "it", organization);

    assertThat(run(records, "show", "it", organization).lines())
        .contains(
            "limits          100/1m running=5 1000/1d:gpt-oss-120b", "name            Renamed");
    assertThat(run(records, "show", "it", organization, "--format", "json").lines().get(0))
        .contains("\"limits\":" + JSON_OF_THREE, "\"tier\":\"web\"");

    run(records, "change", "it", organization, "--limit", "none");
    assertThat(run(records, "show", "it", organization, "--format", "json").lines().get(0))
        .doesNotContain("limits");
  }

  @Test
  void modelThatNoTierLists_isWarnedOfAndTaken() {
    Ran org = sluice.ok("orgs", "create", "typing", "--limit", "5/1m:smal");
    assertThat(org.said()).isEqualTo("no tier lists the model smal; did you mean \"small\"?\n");
    assertThat(sluice.ok("orgs", "change", "typing", "--limit", "5/1m:small").said()).isEmpty();
    Ran key =
        sluice.ok("keys", "create", "--organization", "typing", "--user", "u", "--models", "larg");
    assertThat(key.said()).startsWith("no tier lists the model larg\n");
  }

  @Test
  void apply_modelThatNoTierLists_isWarnedOf() throws IOException {
    assertThat(
            sluice
                .ok(
                    "apply",
                    "-f",
                    accounts(
                        "organizations: [{id: misspelt, limits: [{concurrency: 1, model: smal}]}]"))
                .said())
        .startsWith("no tier lists the model smal; did you mean \"small\"?\n");
  }

  @Test
  void import_ofATierThatIsNotConfigured_warnsOnceAndTakesIt() throws IOException {
    elsewhere.ok("orgs", "create", "foreign");
    String line =
        elsewhere.ok("export").lines().stream()
            .filter(one -> one.contains("\"foreign\""))
            .findFirst()
            .orElseThrow()
            .replaceFirst("\\{", "{\"tier\":\"gold\",");
    Path file =
        Files.writeString(
            folder.resolve("foreign.jsonl"),
            line + "\n" + line.replace("\"foreign\"", "\"foreign-too\"") + "\n");

    assertThat(sluice.ok("import", file.toString()).said())
        .isEqualTo(
            """
            there is no tier gold: who is given it may call no model
            2 created, 0 changed, 0 as they were, 0 refused
            """);
  }

  @Test
  void revoke_ofARevokedKey_saysSo() {
    Ran created = sluice.ok("keys", "create", "--organization", "twice", "--user", "u");
    String text = created.lines().get(0);
    sluice.ok("keys", "revoke", text);

    assertThat(sluice.ok("keys", "revoke", text).lines())
        .singleElement()
        .asString()
        .endsWith(" is revoked already");
  }

  @Test
  void limits_ofAKey_surviveItsOtherChanges() {
    Ran created =
        sluice.ok(
            "keys", "create", "--organization", "keys", "--user", "ada", "--limit", "9/1h:small");
    String id =
        "key-" + KeyText.parse(created.lines().get(0)).orElseThrow().hash().substring(0, 16);

    sluice.ok("keys", "change", id, "--organization", "keys", "--name", "ci");
    sluice.ok("tiers", "assign", "web", "--organization", "keys", "--key", id);
    sluice.ok("keys", "rotate", id, "--organization", "keys");

    assertThat(sluice.ok("keys", "list", "--organization", "keys", "--format", "json").lines())
        .singleElement()
        .asString()
        .contains(
            "\"limits\":[{\"allowedRequests\":9,\"periodSeconds\":3600,\"model\":\"small\"}]");
    sluice.ok("keys", "change", id, "--organization", "keys", "--limit", "none");
    assertThat(sluice.ok("keys", "show", id, "--organization", "keys").lines())
        .noneMatch(line -> line.startsWith("limits"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "100/1x | --limit 100/1x: expected a rate as 100/1m (a period in s, m, h or d), or running=5"
            + " for the number that may run at once; @end-user behind it when each end user is counted"
            + " separately, then :MODEL when it is for one model; shadow: in front of it when it is"
            + " not enforced",
        "100/400d | --limit 100/400d: period must be 1 s to 366 days, not 400d",
        "running=100001 | --limit running=100001: concurrency must be 0 to 100000, not 100001",
        "5/1m 6/60s | --limit: 5/1m and 6/1m limit the same: remove one",
        "none 6/60s | --limit none stands alone: it takes away all limits",
      })
  void mistakes_areOneClearLineAndChangeNothing(String limits, String said) {
    sluice.run("orgs", "create", "mistaken");
    ArrayList<String> words = new ArrayList<>(List.of("orgs", "change", "mistaken"));
    for (String limit : limits.split(" ", -1)) {
      words.addAll(List.of("--limit", limit));
    }

    assertThat(sluice.run(words.toArray(String[]::new)))
        .isEqualTo(new Ran(1, List.of(), "sluice: " + said + "\n"));
    assertThat(sluice.ok("orgs", "show", "mistaken").lines()).contains("revision        1");
  }

  @Test
  void apply_limits_areAsTheFileSaysAndGoWithIt() throws IOException {
    String text =
        """
        organizations:
        - id: applied
          limits:
          - {concurrency: 5}
          - {allowedRequests: 1000, periodSeconds: 86400, model: gpt-oss-120b}
          - {allowedRequests: 100, periodSeconds: 60}
          projects:
          - {id: search, limits: [{concurrency: 1}]}
          users:
          - {id: ada, limits: [{concurrency: 2}]}
          keys:
          - {name: ci, project: search, user: ada, limits: [{concurrency: 3}]}
        """;
    sluice.ok("apply", "-f", accounts(text));

    assertThat(sluice.ok("apply", "-f", accounts(text)).said()).isEqualTo("nothing to do\n");
    assertThat(sluice.ok("orgs", "show", "applied", "--format", "json").lines().get(0))
        .contains("\"limits\":" + JSON_OF_THREE);
    assertThat(sluice.ok("keys", "list", "--organization", "applied", "--format", "json").lines())
        .singleElement()
        .asString()
        .contains("\"limits\":[{\"concurrency\":3}]");
    Ran changed =
        sluice.ok(
            "apply",
            "-f",
            accounts(
                text.replace("{concurrency: 1}", "").replace("concurrency: 2", "concurrency: 4")));
    assertThat(changed.said())
        .isEqualTo(
            """
            ~ user applied/ada: limits [{"concurrency":2}] → [{"concurrency":4}]
            ~ project applied/search: limits [{"concurrency":1}] → -
            2 changes made
            """);
  }

  @Test
  void apply_mistakesInLimits_areToldWithTheirLines() throws IOException {
    Ran ran =
        sluice.run(
            "apply",
            "-f",
            accounts(
                """
                organizations:
                - id: wrong
                  limits:
                  - {allowedRequests: 5}
                  - {concurrency: many}
                  - {concurrency: 1, periodSeconds: 60}
                  - {model: m}
                  - {allowedRequests: 1, periodSeconds: 60, modle: m}
                  - {concurrency: 1, per: user, shadow: 1}
                  users:
                  - id: ada
                    limits:
                    - {concurrency: 1}
                    - {concurrency: 2}
                  - id: bob
                    limits: 5
                """));

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.said())
        .contains(":4: organizations[0].limits[0].periodSeconds: missing: expected a whole number")
        .contains(
            ":5: organizations[0].limits[1].concurrency: expected a whole number from 0 to 100000,"
                + " found \"many\"")
        .contains(
            ":6: organizations[0].limits[2]: expected either allowedRequests with periodSeconds, or"
                + " concurrency, found both")
        .contains(
            ":7: organizations[0].limits[3]: expected either allowedRequests with periodSeconds, or"
                + " concurrency, found neither")
        .contains(":8: organizations[0].limits[4].modle: unknown key; did you mean \"model\"?")
        .contains(
            ":9: organizations[0].limits[5].per: expected endUser, found \"user\"",
            ":9: organizations[0].limits[5].shadow: expected true or false, found \"1\"",
            ":12: organizations[0].users[0].limits: running=1 and running=2 limit the same: remove"
                + " one")
        .contains("organizations[0].users[1].limits: expected a list");
    assertThat(sluice.run("orgs", "show", "wrong").code()).isEqualTo(1);
  }

  @Test
  void apply_limitsInShadowAndPerEndUser_areAsOnTheCommandLine() throws IOException {
    sluice.ok(
        "apply",
        "-f",
        accounts(
            """
            organizations:
            - id: both
              limits:
              - {allowedRequests: 100, periodSeconds: 60, shadow: true}
              - {allowedRequests: 200, periodSeconds: 60, shadow: false}
              - {concurrency: 2, per: endUser, model: small}
              - {allowedRequests: 9, periodSeconds: 60, per: endUser, shadow: true}
            """));
    String limits = "200/1m shadow:100/1m shadow:9/1m@end-user running=2@end-user:small";

    assertThat(sluice.ok("orgs", "show", "both").lines()).contains("limits          " + limits);
    List<String> words = new ArrayList<>(List.of("orgs", "create", "same"));
    for (String limit : limits.split(" ", -1)) {
      words.addAll(List.of("--limit", limit));
    }
    sluice.ok(words.toArray(String[]::new));
    assertThat(sluice.ok("orgs", "show", "same").lines()).contains("limits          " + limits);
  }

  @Test
  void export_imported_hasTheLimits() throws IOException {
    sluice.ok("orgs", "create", "moved", "--limit", "100/1m", "--limit", "running=5");
    String line =
        sluice.ok("export").lines().stream()
            .filter(exported -> exported.contains("\"moved\""))
            .findFirst()
            .orElseThrow();
    Path file = Files.writeString(folder.resolve("export.jsonl"), line + "\n");

    elsewhere.ok("import", file.toString());

    assertThat(elsewhere.ok("orgs", "show", "moved").lines())
        .contains("limits          100/1m running=5");
    Files.writeString(file, line.replace("\"periodSeconds\":60", "\"periodSeconds\":0") + "\n");
    assertThat(elsewhere.run("import", file.toString()).said())
        .startsWith("line 1: limits: period must be 1 s to 366 days");
  }

  @Test
  void audit_ofAChange_hasTheLimitsBeforeAndAfter() throws IOException {
    sluice.ok("orgs", "create", "audited", "--limit", "100/1m");
    sluice.ok("orgs", "change", "audited", "--limit", "running=5:small");

    try (RedisClient client = RedisClient.create(one.url())) {
      List<StreamMessage<String, String>> entries =
          client.connect().sync().xrange("{audited}:audit", Range.unbounded());
      JsonNode before = new ObjectMapper().readTree(entries.get(1).getBody().get("before"));
      JsonNode after = new ObjectMapper().readTree(entries.get(1).getBody().get("after"));
      assertThat(before.at("/limits/0/allowedRequests").asLong()).isEqualTo(100);
      assertThat(after.at("/limits/0/concurrency").asLong()).isEqualTo(5);
      assertThat(after.at("/limits/0/model").asText()).isEqualTo("small");
      assertThat(client.connect().sync().get("{audited}:version"))
          .isEqualTo(entries.get(1).getBody().get("version"))
          .isNotEqualTo(entries.get(0).getBody().get("version"));
    }
  }

  private Ran run(String records, String verb, String id, String organization, String... more) {
    ArrayList<String> words = new ArrayList<>(List.of(records, verb, id));
    if (organization != null) {
      words.addAll(List.of("--organization", organization));
    }
    words.addAll(List.of(more));
    return sluice.ok(words.toArray(String[]::new));
  }

  private void assignTier(String records, @Nullable String organization) {
    List<String> words = new ArrayList<>(List.of("tiers", "assign", "web", "--organization"));
    words.addAll(
        organization == null
            ? List.of("it")
            : List.of(organization, records.equals("projects") ? "--project" : "--user", "it"));
    sluice.ok(words.toArray(String[]::new));
  }

  private String accounts(String text) throws IOException {
    return Files.writeString(folder.resolve("accounts.yaml"), text).toString();
  }
}
