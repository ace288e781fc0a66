package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.account.KeyText;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.CommandLines.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tiers by the command line. */
class TiersCommandIT {
  @TempDir private static Path folder;
  private static EmbeddedRedis redis;
  private static CommandLines sluice;
  private static String key;

  @BeforeAll
  static void start() throws IOException {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    Files.writeString(
        folder.resolve("sambastack.yaml"),
        """
        serviceTiers:
          enterprise:
          - models: [large]
            qos: web
            queueDepth: 7
            rates:
            - {allowedRequests: 60, periodSeconds: 60}
            - {allowedRequests: 1000, periodSeconds: 86400}
            scope: tier
            maxBatchSize: 4
          - {models: [small], qos: batch}
          free:
          - {models: [small], qos: web}
          deprecated:
          - {models: [old]}
        """);
    Path file =
        Files.writeString(
            folder.resolve("sluice.yaml"),
            "sambastack: sambastack.yaml\nredis: "
                + redis.url()
                + "\ndeployments:\n- {name: one, url: 'http://127.0.0.1:1', slots: 1,"
                + " models: [small, large], qosList: [web, batch]}\n");
    sluice = new CommandLines(file);
    String text =
        sluice
            .ok("keys", "create", "--organization", "acme", "--project", "search", "--user", "ada")
            .lines()
            .get(0);
    key = "key-" + KeyText.parse(text).orElseThrow().hash().substring(0, 16);
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  @Test
  void list_namesAllTiersAndWhatTheyAre() {
    assertThat(sluice.ok("tiers", "list").lines())
        .containsExactly(
            "TIER        MODELS  QOS         KIND",
            "deprecated  1       deprecated  system",
            "enterprise  2       batch,web   service",
            "free        1       web         service",
            "web         0       -           service");
    assertThat(sluice.ok("tiers", "list", "--format", "json").lines().get(1))
        .isEqualTo(
            "{\"tier\":\"enterprise\",\"models\":2,\"system\":false,\"qos\":[\"batch\",\"web\"]}");
  }

  @Test
  void show_aTier_hasItsBlocks() {
    assertThat(sluice.ok("tiers", "show", "enterprise").lines())
        .containsExactly(
            "TIER        MODEL  QOS    QUEUE  RATES AND BOUNDS        INHERITED",
            "enterprise  large  web    7      60 requests a minute",
            "                                 1000 requests a day",
            "                                 counted over the tier",
            "                                 at most 4 at once",
            "            small  batch  100    any number of requests");
    assertThat(sluice.ok("tiers", "show", "enterprise", "--format", "json").lines().get(0))
        .contains("\"scope\":\"tier\"", "\"maxBatchSize\":4", "\"boundsInShadow\":false");
  }

  @Test
  void show_aSystemTier_saysThatItIsOne() {
    assertThat(sluice.ok("tiers", "show", "deprecated").said()).startsWith("a system tier: ");
  }

  @Test
  void assign_atEachLevel_holdsBeforeTheLevelsAbove() {
    assertThat(holds()).isEqualTo("free default");
    given("enterprise");
    assertThat(holds()).isEqualTo("enterprise organization");
    given("free", "--project", "search");
    assertThat(holds()).isEqualTo("free project");
    given("enterprise", "--user", "ada");
    assertThat(holds()).isEqualTo("enterprise user");
    given("free", "--key", key);
    assertThat(holds()).isEqualTo("free key");

    assertThat(sluice.ok("tiers", "of", "--organization", "acme", "--key", key).lines())
        .containsExactly(
            "RECORD        ID                    TIER",
            "key           " + key + "  free        holds",
            "user          ada                   enterprise",
            "project       search                free",
            "organization  acme                  enterprise",
            "default       -                     free");
    assertThat(sluice.ok("tiers", "show", "enterprise", "--organization", "acme").lines())
        .endsWith(
            "organization  acme                    acme",
            "user          ada                     ada");
    assertThat(
            sluice
                .ok("tiers", "show", "free", "--organization", "acme", "--format", "json")
                .lines())
        .hasSize(3)
        .contains(
            "{\"type\":\"project\",\"organization\":\"acme\",\"id\":\"search\",\"name\":\"search\"}");

    taken("--key", key);
    taken("--user", "ada");
    taken("--project", "search");
    assertThat(holds()).isEqualTo("enterprise organization");
    taken();
    assertThat(holds()).isEqualTo("free default");
    assertThat(sluice.ok("orgs", "audit", "acme").lines().get(1))
        .contains("command-line", "organization", "tier \"enterprise\" → -");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "assign entreprise --organization acme   | did you mean \"enterprise\"?",
        "assign xyz --organization acme          | it has enterprise, free",
        "assign deprecated --organization acme   | deprecated is a system tier",
        "show fre                                | did you mean \"free\"?",
        "assign free --organization nobody       | there is no such organization",
        "assign free --organization acme --user x | there is no such user",
        "unassign --organization acme --key key-1 | there is no such key",
        "of --organization acme --key key-1      | there is no such key",
        "show free --organization nobody         | there is no such organization"
      })
  void mistakes_areOneClearLine(String words, String said) {
    Ran ran = tiers(words.split(" ", -1));

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.said()).startsWith("sluice: ").contains(said).hasLineCount(1);
  }

  @Test
  void assign_toTwoAtOnce_isACallThatWasWrong() {
    assertThat(
            tiers("assign", "free", "--organization", "acme", "--user", "a", "--key", "b").code())
        .isEqualTo(2);
  }

  private static void given(String tier, String... to) {
    List<String> words = new ArrayList<>(List.of("assign", tier, "--organization", "acme"));
    words.addAll(List.of(to));
    assertThat(tiers(words.toArray(String[]::new)).lines().get(0))
        .startsWith("assigned " + tier + " to ");
  }

  private static void taken(String... from) {
    List<String> words = new ArrayList<>(List.of("unassign", "--organization", "acme"));
    words.addAll(List.of(from));
    assertThat(tiers(words.toArray(String[]::new)).lines().get(0))
        .startsWith("took the tier from ");
  }

  private static String holds() {
    String line =
        tiers("of", "--organization", "acme", "--key", key, "--format", "json").lines().get(0);
    return line.replaceAll(".*\"tier\":\"(\\w+)\",\"from\":\"(\\w+)\".*", "$1 $2");
  }

  private static Ran tiers(String... words) {
    List<String> all = new ArrayList<>(List.of("tiers"));
    all.addAll(List.of(words));
    return sluice.run(all.toArray(String[]::new));
  }
}
