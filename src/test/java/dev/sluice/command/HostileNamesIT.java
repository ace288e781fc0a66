package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.CommandLines;
import dev.sluice.testing.CommandLines.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and ids that somebody chose who means no good, by every way in and out. */
class HostileNamesIT {
  /** Whatever is wrong with them, they are wrong for a name and for an id. */
  private static final List<String> HARMFUL =
      List.of(
          "x".repeat(5_000_000),
          "\uD83D\uDE80".repeat(201),
          "a\u0000b",
          "a\nsluice: all is well",
          "a\r\tb",
          "\u001B[2J\u001B[31mred",
          "a\u009B31m",
          "a\u202Eb",
          "a\u2066b\u2069",
          "a\u200Bb",
          "a\uFEFFb",
          "a\uE000b",
          "a\uD800b",
          "a\u2028b",
          " a",
          "a\u00A0",
          "");

  /** Harmless as names; as ids they are outside the alphabet. */
  private static final List<String> STRANGE =
      List.of(
          "<script>alert(1)</script>",
          "\uD83D\uDC69\u200D\uD83D\uDE80 \u65E5\u672C\u8A9E",
          "\u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627",
          "@/etc/passwd",
          "${sys:user.home} %s {acme}",
          "\"; DROP -- ' \\ `id`",
          "secretHash\":\"00\",",
          "null");

  private static EmbeddedRedis redis;
  private static EmbeddedRedis other;

  @TempDir private static Path folder;
  private static CommandLines sluice;
  private static CommandLines elsewhere;

  @BeforeAll
  static void start() throws IOException {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    other = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    Files.writeString(
        folder.resolve("sambastack.yaml"), "serviceTiers: {free: [{models: [small], qos: web}]}\n");
    sluice = on(redis, "sluice.yaml");
    elsewhere = on(other, "elsewhere.yaml");
    sluice.ok("orgs", "create", "acme");
    sluice.ok("projects", "create", "p", "--organization", "acme");
    sluice.ok("users", "create", "u", "--organization", "acme");
  }

  @AfterAll
  static void stop() {
    redis.close();
    other.close();
  }

  static Stream<Arguments> commands() {
    List<Arguments> all = new ArrayList<>();
    for (String name : HARMFUL) {
      add(all, name, "name", "orgs create new --name ?");
      add(all, name, "name", "orgs change acme --name ?");
      add(all, name, "name", "projects create new --organization acme --name ?");
      add(all, name, "name", "projects change p --organization acme --name ?");
      add(all, name, "name", "users create new --organization acme --name ?");
      add(all, name, "name", "users change u --organization acme --name ?");
      add(all, name, "name", "keys create --organization acme --user u --name ?");
    }
    for (String id : Stream.concat(HARMFUL.stream(), STRANGE.stream()).toList()) {
      add(all, id, "tier", "users create new --organization acme --tier ?");
      if (id.equals("null")) {
        continue; // A good id.
      }
      add(all, id, "id", "orgs create ?");
      add(all, id, "organization", "projects create new --organization ?");
      add(all, id, "id", "users create ? --organization acme");
      add(all, id, "environment", "keys create --organization acme --user u --environment ?");
      if (!id.isBlank() && id.equals(id.strip())) {
        add(all, id, "networks", "keys create --organization acme --user u --networks ?");
      }
    }
    // These ask Redis first, which takes its time.
    for (String id : List.of(HARMFUL.get(0), "\u001B[31m", "x}:key:1{", "")) {
      add(all, id, "organization", "users show u --organization ?");
      add(all, id, "organization", "orgs audit ?");
      add(all, id, "organization", "keys list --organization ?");
      add(all, id, "id", "users archive ? --organization acme");
      add(all, id, "id", "tiers assign free --organization acme --user ?");
      add(all, id, "id", "keys show ? --organization acme");
      add(all, id, "user", "keys list --organization acme --user ?");
      if (!id.isEmpty()) {
        add(all, id, "owners", "projects change p --organization acme --owner ?");
      }
    }
    return all.stream();
  }

  private static void add(List<Arguments> all, String hostile, String field, String words) {
    all.add(Arguments.of(words, field, hostile));
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("commands")
  void command_withWhatMayNotBe_saysSoOnOneHarmlessLine(
      String words, String field, String hostile) {
    Ran ran =
        sluice.run(
            Stream.of(words.split(" ", -1))
                .map(w -> w.equals("?") ? hostile : w)
                .toArray(String[]::new));

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.lines()).isEmpty();
    assertThat(ran.said()).startsWith("sluice: " + field + ": ").endsWith("\n");
    harmless(ran.said().stripTrailing());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "orgs ?",
        "? list",
        "orgs list ?",
        "orgs list --\u001B[31m?",
        "orgs list --format ?",
        "users create new --organization acme --role ?",
        "keys create --organization acme --user u --valid ?",
        "keys create --organization acme --user u --permissions ?",
        "keys revoke ?",
        "keys revoke --organization acme ?",
        "keys rotate ? --organization acme",
        "apply -f ?",
        "import ?",
        "orgs audit acme --kind ?",
        "orgs audit acme --since ?",
      })
  void commandLine_withAnyRubbish_staysHarmless(String words) {
    for (String hostile : List.of("\u001B[2Jx\u202Ey\u0007", "x".repeat(5_000_000))) {
      Ran ran =
          sluice.run(
              Stream.of(words.split(" ", -1))
                  .map(w -> w.replace("?", hostile))
                  .toArray(String[]::new));

      assertThat(ran.code()).isNotZero();
      assertThat(ran.said().length()).isLessThan(10_000);
      ran.said().lines().forEach(HostileNamesIT::harmless);
    }
  }

  @Test
  void name_strangeButHarmless_comesThroughEveryWayAsItIs() throws IOException {
    sluice.ok("orgs", "create", "strange", "--name", STRANGE.get(0));
    for (int i = 0; i < STRANGE.size(); i++) {
      String name = STRANGE.get(i);
      String id = "r" + i;
      sluice.ok("projects", "create", id, "--organization", "strange", "--name", name);
      sluice.ok("users", "create", id, "--organization", "strange", "--name", name);
      sluice.ok(
          "keys",
          "create",
          "--organization",
          "strange",
          "--user",
          id,
          "--project",
          id,
          "--name",
          name);
    }

    for (String group : List.of("projects", "users", "keys")) {
      String table =
          String.join("\n", sluice.ok(group, "list", "--organization", "strange").lines());
      assertThat(table).contains(STRANGE);
      table.lines().forEach(HostileNamesIT::harmless);
      assertThat(names(sluice.ok(group, "list", "--organization", "strange", "--format", "json")))
          .containsAll(STRANGE);
    }
    assertThat(sluice.ok("orgs", "audit", "strange").lines()).allSatisfy(HostileNamesIT::harmless);
    assertThat(sluice.ok("orgs", "audit", "strange", "--kind", "user", "--format", "json").lines())
        .extracting(line -> json(line).at("/after/name").asText())
        .containsExactlyInAnyOrderElementsOf(STRANGE);

    List<String> exported = sluice.ok("export").lines();
    Path file = Files.write(folder.resolve("export.jsonl"), exported);
    elsewhere.ok("import", file.toString());
    UnaryOperator<String> plain = line -> line.replaceAll("\"revision\":\\d+,", "");
    assertThat(elsewhere.ok("export").lines().stream().map(plain))
        .isEqualTo(exported.stream().map(plain).toList());
    assertThat(elsewhere.ok("import", file.toString()).said()).contains(" 0 refused");
  }

  @Test
  void import_ofHostileLines_refusesEachByItsNumberAndGoesOn() throws IOException {
    String good = "{\"type\":\"organization\",\"id\":\"good\",\"name\":\"Good\"}";
    List<String> lines =
        List.of(
            "{\"type\":\"organization\",\"id\":\"" + "x".repeat(2_000_000) + "\"}",
            "[".repeat(500_000),
            "{\"a\":".repeat(100_000),
            "{\"type\":\"\\u001b[31m\"}",
            "{\"type\":\"user\",\"organization\":\"acme\",\"id\":\"\\u001b[31m\",\"name\":\"n\"}",
            "{\"type\":\"project\",\"organization\":\"acme\",\"id\":\"q\",\"name\":\"n\",\"tier\":\"\\u202e\"}",
            "{\"type\":\"organization\",\"id\":\"x\",\"id\":\"y\",\"name\":\"n\"}",
            good + good,
            "{\"type\":\"project\",\"organization\":\"acme\",\"id\":\"q\",\"name\":\"n\",\"owners\":"
                + IntStream.range(0, 21).mapToObj(i -> "\"u" + i + "\"").toList()
                + "}",
            "null",
            good);
    Path file = Files.write(folder.resolve("hostile.jsonl"), lines);

    Ran ran = sluice.run("import", file.toString());

    assertThat(ran.code()).isEqualTo(1);
    ran.said().lines().forEach(HostileNamesIT::harmless);
    assertThat(ran.said())
        .endsWith("1 created, 0 changed, 0 as they were, " + (lines.size() - 1) + " refused\n");
    for (int i = 1; i < lines.size(); i++) {
      assertThat(ran.said()).contains("line " + i + ": ");
    }
  }

  @Test
  void import_ofANameFromElsewhere_isMendedAndShown() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("mended.jsonl"),
            "{\"type\":\"organization\",\"id\":\"mended\",\"name\":\" a\\u001b[31m\\u202eb\\n \"}");

    sluice.ok("import", file.toString());

    assertThat(sluice.ok("orgs", "show", "mended").lines())
        .contains("name            a\uFFFD[31m\uFFFDb\uFFFD");
  }

  @Test
  void import_ofWhatIsNoUtf8_isRefused() throws IOException {
    Path file = Files.write(folder.resolve("latin.jsonl"), new byte[] {'{', (byte) 0xE4, '}'});

    assertThat(sluice.run("import", file.toString()))
        .isEqualTo(new Ran(1, List.of(), "sluice: cannot read: it is not UTF-8\n"));
  }

  static Stream<Arguments> yaml() {
    return Stream.of(
        Arguments.of("organizations: [{id: \"\\e[31mx\", name: n}]", "id: the id of an org"),
        Arguments.of("organizations: [{id: a, name: \"x\\u202Ey\"}]", "name: has the character"),
        Arguments.of("organizations: [{id: a, \"\\e[31mname\": x}]", "unknown key"),
        Arguments.of("organizations: [{id: a, tier: \"\\e[31m\"}]", "tier: there is no tier"),
        Arguments.of("organizations: [{id: a, keyAge: {refuse: \"\\e[3\\n1m\"}}]", "expected"),
        Arguments.of(
            "organizations: [{id: a, projects: [{id: p, owners: [\"\\e[31m\"]}]}]",
            "owners: the id of a user"),
        Arguments.of(
            "organizations: [{id: a, keys: [{name: k, user: u, project: p, models: [\"\\0\"]}]}]",
            "models: has the character U+0000"),
        Arguments.of(
            "organizations: [{id: a, keys: [{name: k, user: u, project: p, environment: \"\\a\"}]}]",
            "environment: is 1 to 32"),
        Arguments.of("organizations: [{id: a, name: " + "x".repeat(3_000_000) + "}]", "longer"),
        Arguments.of("organizations: [{id: a, name: " + "x".repeat(5_000_000) + "}]", "larger"),
        Arguments.of("a: &a [x]\n" + "organizations: " + "[".repeat(100_000), "not valid YAML"),
        Arguments.of(bomb(), "not valid YAML"),
        Arguments.of("organizations: [{id: a, name: \u001B[31m}]", "a control character"));
  }

  /** A billion of them, if they were written out. */
  private static String bomb() {
    String lines =
        IntStream.range(1, 10)
            .mapToObj(
                i ->
                    "a%d: &a%d [%s]\n"
                        .formatted(
                            i,
                            i,
                            Stream.generate(() -> "*a" + (i - 1))
                                .limit(30)
                                .collect(Collectors.joining(","))))
            .collect(Collectors.joining());
    return "a0: &a0 [x]\n" + lines + "organizations: *a9\n";
  }

  @ParameterizedTest(name = "{index} {1}")
  @MethodSource("yaml")
  void apply_ofAHostileFile_saysWhatIsWrongHarmlesslyAndDoesNothing(String text, String said)
      throws IOException {
    Path file = Files.writeString(folder.resolve(UUID.randomUUID() + ".yaml"), text);

    Ran ran = sluice.run("apply", "-f", file.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.lines()).isEmpty();
    assertThat(ran.said()).contains(said).hasSizeLessThan(20_000);
    ran.said().lines().forEach(HostileNamesIT::harmless);
    assertThat(sluice.run("orgs", "show", "a").code()).isEqualTo(1);
  }

  private static void harmless(String line) {
    assertThat(line)
        .hasSizeLessThan(3_000)
        .doesNotContainPattern("[\\p{Cc}\\p{Co}\\p{Cs}\\p{Zl}\\p{Zp}]")
        .doesNotContainPattern("[\u202A-\u202E\u2066\u2067\u200B\uFEFF]");
  }

  private static List<String> names(Ran ran) {
    return ran.lines().stream().map(line -> json(line).path("name").asText()).toList();
  }

  private static JsonNode json(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(line, e);
    }
  }

  private static CommandLines on(EmbeddedRedis redis, String name) throws IOException {
    return new CommandLines(
        Files.writeString(
            folder.resolve(name),
            "sambastack: sambastack.yaml\nredis: "
                + redis.url()
                + "\ndeployments:\n- {name: one, url: 'http://127.0.0.1:1', slots: 1,"
                + " models: [small], qosList: [web]}\n"));
  }
}
