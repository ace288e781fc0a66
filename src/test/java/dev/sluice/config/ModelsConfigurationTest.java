package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.account.PlatformAdministrators;
import dev.sluice.policy.Model;
import dev.sluice.policy.PathPattern;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the files say of models, of pages of other origins, of public paths, of administrators. */
final class ModelsConfigurationTest {
  private static final String VENDOR =
      """
      serviceTiers:
        web:
        - {models: [m, n, o]}
        deprecated:
        - {models: [old]}
        free: [{models: [n, m, o], qos: web}]
      """;

  private static final String OURS =
      """
      sambastack: sambastack.yaml
      deployments:
      - {name: d, url: 'http://h', slots: 1, models: [m, n, o], qosList: [web]}
      """;

  private final Path folder;

  ModelsConfigurationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Configuration load(String more, String vendor) throws Exception {
    Files.writeString(folder.resolve("sambastack.yaml"), vendor);
    return Configuration.load(
        Files.writeString(folder.resolve("sluice.yaml"), OURS + more), Map.of());
  }

  private List<String> warnings(String more) throws Exception {
    return texts(load(more, VENDOR).warnings());
  }

  private List<String> errors(String more, String vendor) {
    return texts(
        catchThrowableOfType(InvalidConfiguration.class, () -> load(more, vendor)).problems());
  }

  private List<String> texts(List<Problem> problems) {
    return problems.stream().map(p -> p.toString().replace(folder + "/", "")).toList();
  }

  @Test
  void models_readsAllFields() throws Exception {
    Configuration configuration =
        load(
            """
            models:
              m: {backend: m-120b}
              n: {successor: o, deprecated: 2026-12-01, sunset: 2027-01-31T06:00:00Z}
              old: {successor: m}
            """,
            VENDOR);

    assertThat(configuration.catalog().models().values())
        .containsExactlyInAnyOrder(
            new Model(
                "m", Optional.of("m-120b"), Optional.empty(), Optional.empty(), Optional.empty()),
            new Model(
                "n",
                Optional.empty(),
                Optional.of("o"),
                Optional.of(Instant.parse("2026-12-01T00:00:00Z")),
                Optional.of(Instant.parse("2027-01-31T06:00:00Z"))),
            new Model(
                "old", Optional.empty(), Optional.of("m"), Optional.empty(), Optional.empty()));
    assertThat(texts(configuration.warnings())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "m: {sunset: 2026-01-01, deprecated: 2026-12-01} | models.m.sunset: 2026-01-01T00:00:00Z is before deprecated, 2026-12-01T00:00:00Z: first a model is announced to go, then it goes",
        "m: {successor: m} | models.m.successor: this is the model itself; name the one to use instead",
        "m: {sunset: soon} | models.m.sunset: expected a day such as 2026-12-01 (from its beginning, UTC) or a time such as 2026-12-01T06:00:00Z, found \"soon\"",
        "m: {backend: 'a b'} | models.m.backend: expected a name of 1 to 256 visible ASCII characters, found \"a b\"",
        "m: {alias: x} | models.m.alias: unknown key; known here: backend, deprecated, successor, sunset",
        "m: m-120b | models.m: expected a map, found a single value",
      })
  void models_mistakes_areErrorsWithTheirPlace(String model, String problem) {
    assertThat(errors("models:\n  " + model + "\n", VENDOR))
        .containsExactly("sluice.yaml:5: " + problem);
  }

  @Test
  void models_aliasesOfAliases_areErrors() {
    assertThat(errors("models:\n  m: {backend: n}\n  n: {backend: x}\n", VENDOR))
        .containsExactly(
            "sluice.yaml:5: models.m.backend: n has a backend name itself, x, and names are not"
                + " looked up twice; if it is meant, write x");
    assertThat(errors("models:\n  m: {backend: n}\n  n: {backend: m}\n", VENDOR)).hasSize(2);
  }

  @Test
  void models_successorsInACircle_areOneError() {
    String circle =
        """
        models:
          old: {successor: m}
          m: {successor: n, sunset: 2027-01-01}
          n: {successor: o, sunset: 2027-01-01}
          o: {successor: m, sunset: 2027-01-01}
        """;

    assertThat(errors(circle, VENDOR))
        .containsExactly(
            "sluice.yaml:6: models.m.successor: the successors go in a circle: m -> n -> o -> m");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mm: {backend: x} | models.mm: no tier lists this model: nobody can call it",
        "m: {backend: m} | models.m.backend: this is the model's own name, which is sent anyway: no effect",
        "old: {successor: x} | models.old.successor: no tier for users lists x: whoever follows gets a 404",
        "m: {successor: old, sunset: 2027-01-01} | models.m.successor: the tier deprecated lists old: it has gone as well",
        "m: {successor: n} | models.m.successor: no effect: the model has neither deprecated nor sunset, and the tier deprecated does not list it",
      })
  void models_whatWillNotWorkAsMeant_isAWarning(String model, String problem) throws Exception {
    assertThat(warnings("models:\n  " + model + "\n"))
        .anyMatch(warning -> warning.startsWith("sluice.yaml:5: " + problem));
  }

  @Test
  void models_aliasBehindADoorInFullMode_isAWarning() throws Exception {
    assertThat(warnings("extAuthz: {mode: full}\nmodels: {m: {backend: x}}\n"))
        .singleElement()
        .asString()
        .contains("models.m.backend: extAuthz in full mode", "x-sluice-backend-model");
  }

  @Test
  void models_deploymentThatListsTheBackendName_isExplained() throws Exception {
    String vendor = VENDOR.replace("[m, n, o]", "[p]");

    assertThat(texts(load("models: {p: {backend: m}}\n", vendor).warnings()))
        .containsExactly(
            "sambastack.yaml:3: serviceTiers.web[0].models[0]: no deployment serves the model p; one"
                + " lists m, but deployments list public names");
  }

  private static String gateway(String cors) {
    return "gateway: {cors: " + cors + "}\n";
  }

  @Test
  void cors_onlyOrigins_hasDefaultsForSdks() throws Exception {
    SluiceConfig.Cors cors =
        load(gateway("{origins: ['https://app.example.com', 'http://localhost:3000']}"), VENDOR)
            .settings()
            .gateway()
            .cors()
            .orElseThrow();

    assertThat(cors.origins()).containsExactly("https://app.example.com", "http://localhost:3000");
    assertThat(cors.methods()).containsExactlyInAnyOrder("GET", "POST");
    assertThat(cors.headers()).isEmpty();
    assertThat(cors.exposedHeaders())
        .contains("x-request-id", "x-ratelimit-remaining-requests", "retry-after");
    assertThat(cors.maxAge()).isEqualTo(Duration.ofMinutes(10));
    assertThat(cors.credentials()).isFalse();
  }

  @Test
  void cors_everyField_isRead() throws Exception {
    assertThat(
            load(
                    gateway(
                        "{origins: ['http://a'], methods: [POST], headers: [authorization],"
                            + " exposedHeaders: [x-request-id], maxAge: 1h, credentials: true}"),
                    VENDOR)
                .settings()
                .gateway()
                .cors())
        .contains(
            new SluiceConfig.Cors(
                Set.of("http://a"),
                Set.of("POST"),
                Set.of("authorization"),
                Set.of("x-request-id"),
                Duration.ofHours(1),
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | gateway.cors.origins: missing: expected a list",
        "{origins: [app.example.com]} | gateway.cors.origins[0]: expected an origin",
        "{origins: ['https://app.example.com/']} | gateway.cors.origins[0]: expected an origin",
        "{origins: ['https://app.example.com:443']} | gateway.cors.origins[0]: expected an origin",
        "{origins: ['https://App.example.com']} | gateway.cors.origins[0]: expected an origin",
        "{origins: ['*', 'https://a']} | gateway.cors.origins: \"*\" is any origin; remove it, or the",
        "{origins: ['*'], credentials: true} | gateway.cors.credentials: browsers send no credentials",
        "{origins: ['*'], credentials: yes} | gateway.cors.credentials: expected true or false",
        "{origins: ['*'], headers: ['a b']} | gateway.cors.headers[0]: expected the name of a header",
        "{origins: ['*'], methods: [post]} | gateway.cors.methods[0]: expected a method in upper case",
        "{origins: ['*'], maxAge: 25h} | gateway.cors.maxAge: expected a duration",
      })
  void cors_mistakes_areErrorsWithTheirPlace(String cors, String problem) {
    assertThat(errors(gateway(cors), VENDOR))
        .singleElement()
        .asString()
        .startsWith("sluice.yaml:4: " + problem);
  }

  @Test
  void publicPaths_areRead() throws Exception {
    assertThat(
            load("publicPaths: [/healthz, /docs/*]\n", VENDOR).settings().publicPaths().patterns())
        .containsExactly(new PathPattern("/healthz"), new PathPattern("/docs/*"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/*", "docs", "/a*", "/a/../b", "/a;b", "/a?b=c"})
  void publicPaths_mistakes_areErrorsWithTheirPlace(String path) {
    assertThat(errors("publicPaths: [/healthz, '" + path + "']\n", VENDOR))
        .singleElement()
        .asString()
        .startsWith("sluice.yaml:4: publicPaths[1]: ")
        .endsWith("found \"" + path + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"db-admin", "auth-and-billing"})
  void admins_ofEitherVersion_areRead(String section) throws Exception {
    Configuration configuration =
        load("", VENDOR + section + ": {other: 1, admins: [Ada@example.org, b@cluster.local]}\n");

    assertThat(configuration.administrators())
        .isEqualTo(new PlatformAdministrators(Set.of("ada@example.org", "b@cluster.local")));
    assertThat(configuration.warnings()).isEmpty();
  }

  @Test
  void admins_ofBothVersions_areAllOfThem_withANote() throws Exception {
    Configuration configuration =
        load(
            "",
            VENDOR + "db-admin: {admins: [a@x, b@x]}\nauth-and-billing: {admins: [B@x, c@x]}\n");

    assertThat(configuration.administrators().names()).containsExactly("a@x", "b@x", "c@x");
    assertThat(texts(configuration.warnings()))
        .containsExactly(
            "sambastack.yaml:8: auth-and-billing.admins: db-admin.admins is there as well, in"
                + " sambastack.yaml:7: all of both are administrators");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{admins: [a@x, A@X]} | db-admin.admins[1]: A@X stands twice here",
        "{admins: [a@x, '']} | db-admin.admins[1]: expected a text",
        "{admins: [a@x, null]} | db-admin.admins[1]: missing: expected a text",
        "{admins: [a@x, 7]} | db-admin.admins[1]: expected a name like ada@example.org, found \"7\"",
        "{admins: [a@x, {name: b}]} | db-admin.admins[1]: expected a text, found a map",
        "{admins: a@x} | db-admin.admins: expected a list, found a single value",
        "[a@x] | db-admin: expected a map, found a list",
      })
  void admins_mistakes_areErrorsWithTheirPlace(String section, String problem) {
    assertThat(errors("", VENDOR + "db-admin: " + section + "\n"))
        .singleElement()
        .asString()
        .startsWith("sambastack.yaml:7: " + problem);
  }

  @Test
  void admins_none_isNoOne() throws Exception {
    assertThat(load("", VENDOR + "db-admin:\n").administrators())
        .isEqualTo(PlatformAdministrators.NONE);
  }
}
