package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.backend.Deployment;
import dev.sluice.config.SluiceConfig.Listener;
import dev.sluice.config.SluiceConfig.Log;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.policy.OutagePolicy.Fallback;
import dev.sluice.queue.BatchSlots;
import dev.sluice.queue.QosList;
import java.io.IOException;
import java.net.URI;
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

final class ConfigurationTest {
  private static final String VENDOR =
      """
      bundles:
        bundleDeploymentSpecs:
        - name: bd-x
          groups:
          - {name: default, minReplicas: 1, qosList: [web, free]}
          - {name: batch, qosList: [free]}
      serviceTiers:
        free: [{models: [m]}]
        web:
        - models: [m]
      """;

  private static final String OURS =
      """
      sambastack: sambastack.yaml
      deployments:
      - name: bd-x
        url: http://10.0.0.1:8000
        slots: 8
        models: [m]
      """;

  private final Path folder;

  ConfigurationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Configuration load(String ours, Map<String, String> environment)
      throws IOException, InvalidConfiguration {
    return load(ours, VENDOR, environment);
  }

  private Configuration load(String ours, String vendor, Map<String, String> environment)
      throws IOException, InvalidConfiguration {
    Files.writeString(folder.resolve("sambastack.yaml"), vendor);
    Path file = Files.writeString(folder.resolve("sluice.yaml"), ours);
    return Configuration.load(file, environment);
  }

  private List<String> problems(String ours, String vendor, Map<String, String> environment) {
    InvalidConfiguration invalid =
        catchThrowableOfType(InvalidConfiguration.class, () -> load(ours, vendor, environment));
    return texts(invalid.problems());
  }

  private List<String> problems(String ours) {
    return problems(ours, VENDOR, Map.of());
  }

  private List<String> texts(List<Problem> problems) {
    return problems.stream().map(p -> p.toString().replace(folder + "/", "")).toList();
  }

  @Test
  void load_onlyTheNecessary_fillsInDefaults() throws Exception {
    Configuration configuration = load(OURS, Map.of());

    SluiceConfig settings = configuration.settings();
    assertThat(settings.sambastack()).containsExactly(folder.resolve("sambastack.yaml"));
    assertThat(settings.redis().reveal()).isEqualTo("redis://127.0.0.1:6379");
    assertThat(settings.dataDirectory()).isEqualTo(folder.resolve("data"));
    assertThat(settings.gateway())
        .isEqualTo(
            new SluiceConfig.Gateway(
                new Listener("0.0.0.0", 8000, Optional.empty()),
                503,
                26214400,
                536870912,
                10000,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                Duration.ofSeconds(300),
                Duration.ofSeconds(60),
                Duration.ofSeconds(2),
                Optional.empty()));
    assertThat(settings.metrics()).isEqualTo(new Listener("0.0.0.0", 9090, Optional.empty()));
    assertThat(settings.debug()).isEqualTo(new Listener("127.0.0.1", 6070, Optional.empty()));
    assertThat(settings.log()).isEqualTo(new Log(Log.Format.TEXT, Log.Level.INFO));
    assertThat(settings.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(60));
    assertThat(configuration.slots())
        .containsExactly(
            new BatchSlots("bd-x", Set.of("m"), 8, new QosList(List.of("web", "free"))));
    assertThat(configuration.deployments())
        .containsExactly(
            new Deployment("bd-x", URI.create("http://10.0.0.1:8000"), Optional.empty()));
    assertThat(configuration.warnings()).isEmpty();
  }

  @Test
  void load_outage_hasItsDefaultsAndIsSetByEachSource() throws Exception {
    assertThat(load(OURS, Map.of()).settings().outage()).isEqualTo(OutagePolicy.DEFAULT);
    assertThat(
            load(
                    OURS + "outage: {keys: 5m, rates: closed, concurrency: closed}\n",
                    Map.of("SLUICE_OUTAGE_CONCURRENCY", "open"))
                .settings()
                .outage())
        .isEqualTo(new OutagePolicy(Duration.ofMinutes(5), Fallback.CLOSED, Fallback.OPEN));
    assertThat(problems(OURS + "outage: {keys: -1s, rates: half}\n"))
        .hasSize(2)
        .anyMatch(problem -> problem.contains("outage.keys: expected a duration"))
        .anyMatch(problem -> problem.contains("outage.rates: expected one of share, open, closed"));
  }

  @Test
  void load_everythingSet_readsIt() throws Exception {
    String ours =
        """
        sambastack: sambastack.yaml
        redis: rediss://u:secret@redis:6380/1
        dataDirectory: /var/lib/sluice
        gateway:
          host: 127.0.0.1
          port: 0
          busyStatus: 429
          maxBodyBytes: 1000
          maxBodiesBytes: 2000
          maxConnections: 7
          headTimeout: 1s
          bodyTimeout: 2s
          maxWait: 0s
          upstreamHeadTimeout: 5m
          upstreamIdleTimeout: 500ms
          redisTimeout: 1h
        metrics: {host: 127.0.0.2, port: 1}
        debug: {host: 127.0.0.3, port: 2}
        log: {format: json, level: debug}
        drainTimeout: 0s
        lease: 10s
        maintenanceEnds: {old: 2026-12-01T06:00:00Z}
        deployments:
        - name: bd-x
          group: batch
          url: https://host/base
          slots: 1
          models: [m, n]
          apiKey: sk-very-secret
        - name: own
          url: http://[::1]:8000
          slots: 2
          models:
          - m
          qosList: [web]
        """;
    String vendor = VENDOR + "  maintenance:\n  - models: [old]\n";

    Configuration configuration = load(ours, vendor, Map.of());

    SluiceConfig settings = configuration.settings();
    assertThat(settings.redis().reveal()).isEqualTo("rediss://u:secret@redis:6380/1");
    assertThat(settings.dataDirectory()).isEqualTo(Path.of("/var/lib/sluice"));
    assertThat(settings.gateway())
        .isEqualTo(
            new SluiceConfig.Gateway(
                new Listener("127.0.0.1", 0, Optional.empty()),
                429,
                1000,
                2000,
                7,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ZERO,
                Duration.ofMinutes(5),
                Duration.ofMillis(500),
                Duration.ofHours(1),
                Optional.empty()));
    assertThat(settings.metrics()).isEqualTo(new Listener("127.0.0.2", 1, Optional.empty()));
    assertThat(settings.debug()).isEqualTo(new Listener("127.0.0.3", 2, Optional.empty()));
    assertThat(settings.log()).isEqualTo(new Log(Log.Format.JSON, Log.Level.DEBUG));
    assertThat(settings.drainTimeout()).isZero();
    assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(10));
    assertThat(configuration.catalog().maintenanceEnds())
        .isEqualTo(Map.of("old", Instant.parse("2026-12-01T06:00:00Z")));
    assertThat(configuration.slots())
        .containsExactly(
            new BatchSlots("bd-x/batch", Set.of("m", "n"), 1, new QosList(List.of("free"))),
            new BatchSlots("own", Set.of("m"), 2, new QosList(List.of("web"))));
    assertThat(configuration.deployments())
        .extracting(Deployment::name)
        .containsExactly("bd-x/batch", "own");
    assertThat(configuration.deployments().get(0).apiKey()).contains("sk-very-secret");
    assertThat(configuration.toString()).doesNotContain("secret").contains("rediss://*****@redis");
  }

  @Test
  void load_manyMistakes_reportsAllAtOnce() {
    String ours =
        """
        sambastack: sambastack.yaml
        redis: http://user:hunter2@host
        gateway:
          prot: 8000
          busyStatus: 500
          maxBodyBytes: 25m
          headTimeout: 10
          maxWait: 25h
        metrics: [9090]
        log:
          level: verbose
          level: info
        deployments:
        - name: bd-x
          url: ftp://u:hunter2@h
          slots: 0
        - just-a-name
        - name: bd-x
          url: http://h
          slots: many
          models: []
          apikey: k
        """;

    assertThat(problems(ours))
        .containsExactly(
            "sluice.yaml:2: redis: expected "
                + RedisAddress.EXPECTED
                + " (what was found is not shown, as it may be a secret)",
            "sluice.yaml:4: gateway.prot: unknown key; did you mean \"port\"?",
            "sluice.yaml:5: gateway.busyStatus: expected one of 429, 503, 504, found \"500\"",
            "sluice.yaml:6: gateway.maxBodyBytes: expected a whole number from 1 to 2147483647,"
                + " found \"25m\"",
            "sluice.yaml:7: gateway.headTimeout: expected a duration such as 500ms, 10s, 5m or 1h,"
                + " from 1ms to 24h, found \"10\"",
            "sluice.yaml:8: gateway.maxWait: expected a duration such as 500ms, 10s, 5m or 1h, from"
                + " 0s to 24h, found \"25h\"",
            "sluice.yaml:9: metrics: expected a map, found a list",
            "sluice.yaml:11: log.level: expected one of error, warn, info, debug, found"
                + " \"verbose\"",
            "sluice.yaml:12: log.level: this key stands twice, first in line 11; remove one",
            "sluice.yaml:14: deployments[0].models: missing: expected a list",
            "sluice.yaml:15: deployments[0].url: expected a URL such as http://10.0.0.1:8000 or"
                + " https://host, without credentials, query and fragment (what was found is not"
                + " shown, as it may be a secret)",
            "sluice.yaml:16: deployments[0].slots: expected a whole number from 1 to 100000, found"
                + " \"0\"",
            "sluice.yaml:17: deployments[1]: expected a map, found a single value",
            "sluice.yaml:20: deployments[2].slots: expected a whole number from 1 to 100000, found"
                + " \"many\"",
            "sluice.yaml:21: deployments[2].models: expected at least one item, found none",
            "sluice.yaml:22: deployments[2].apikey: unknown key; did you mean \"apiKey\"?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SLUICE_GATEWAY_PORT                  | 9        | gateway.port",
        "SLUICE_GATEWAY_MAX_BODY_BYTES        | 9        | gateway.maxBodyBytes",
        "SLUICE_GATEWAY_UPSTREAM_HEAD_TIMEOUT | 9s       | gateway.upstreamHeadTimeout",
        "SLUICE_DEPLOYMENTS_0_URL             | http://h | deployments[0].url",
        "SLUICE_DEPLOYMENTS_12_API_KEY        | k        | deployments[12].apiKey",
        "SLUICE_DEPLOYMENTS_0_QOS_LIST_1      | k        | deployments[0].qosList[1]",
        "SLUICE_MAINTENANCE_ENDS_LLAMA_3_3    | k        | maintenanceEnds.Llama-3.3",
        "SLUICE_REDIS                         | r        | redis",
      })
  void variable_ofPath_isUpperSnakeCase(String name, String value, String path) {
    assertThat(Overrides.variable(path)).isEqualTo(name);
    assertThat(new Overrides(Map.of(name, value)).value(path)).contains(value);
  }

  @Test
  void load_environment_replacesAndAdds() throws Exception {
    Configuration configuration =
        load(
            OURS + "log: {format: nonsense}\n",
            Map.of(
                "SLUICE_GATEWAY_PORT", "1234",
                "SLUICE_LOG_FORMAT", "json",
                "SLUICE_DEPLOYMENTS_0_SLOTS", "3",
                "SLUICE_DEPLOYMENTS_0_MODELS_1", "n",
                "SLUICE_DEPLOYMENTS_1_NAME", "two",
                "SLUICE_DEPLOYMENTS_1_URL", "http://two",
                "SLUICE_DEPLOYMENTS_1_SLOTS", "1",
                "SLUICE_DEPLOYMENTS_1_MODELS_0", "m",
                "SLUICE_DEPLOYMENTS_1_QOS_LIST_0", "web",
                "SLUICE_METRICS_PORT", ""));

    assertThat(configuration.settings().gateway().listener().port()).isEqualTo(1234);
    assertThat(configuration.settings().log().format()).isEqualTo(Log.Format.JSON);
    assertThat(configuration.settings().metrics().port()).isEqualTo(9090);
    assertThat(configuration.slots())
        .containsExactly(
            new BatchSlots("bd-x", Set.of("m", "n"), 3, new QosList(List.of("web", "free"))),
            new BatchSlots("two", Set.of("m"), 1, new QosList(List.of("web"))));
    assertThat(texts(configuration.warnings()))
        .containsExactly(
            "sluice.yaml:3: deployments[0].name: no tier lists the model n, which this deployment"
                + " serves: nobody can call it");
  }

  @Test
  void load_badVariables_reportsThemByName() {
    assertThat(
            problems(
                OURS,
                VENDOR,
                Map.of(
                    "SLUICE_GATEWAY_BUSY_STATUS", "soon",
                    "SLUICE_REDIS", "http://:hunter2@h",
                    "SLUICE_GATEWAY_PROT", "8000",
                    "SLUICE_HOME", "/opt/sluice",
                    "PATH", "/bin")))
        .containsExactlyInAnyOrder(
            "environment: SLUICE_GATEWAY_BUSY_STATUS: expected one of 429, 503, 504, found"
                + " \"soon\"",
            "environment: SLUICE_REDIS: expected "
                + RedisAddress.EXPECTED
                + " (what was found is not shown, as it may be a secret)",
            "environment: SLUICE_GATEWAY_PROT: unknown variable, ignored; did you mean"
                + " \"SLUICE_GATEWAY_PORT\"?",
            "environment: SLUICE_HOME: unknown variable, ignored");
  }

  /** A Service named sluice-gateway puts these into every pod of its namespace. */
  @Test
  void load_variablesOfKubernetesServices_areNoSettings() throws Exception {
    Configuration configuration =
        load(
            OURS,
            Map.of(
                "SLUICE_GATEWAY_PORT", "tcp://10.0.0.1:8000",
                "SLUICE_GATEWAY_PORT_8000_TCP", "tcp://10.0.0.1:8000",
                "SLUICE_GATEWAY_PORT_8000_TCP_ADDR", "10.0.0.1",
                "SLUICE_GATEWAY_SERVICE_HOST", "10.0.0.1",
                "SLUICE_GATEWAY_SERVICE_PORT", "8000",
                "SLUICE_SERVICE_PORT_HTTP", "8000",
                "SLUICE_PORT", "tcp://10.0.0.1:8000"));

    assertThat(configuration.settings().gateway().listener().port()).isEqualTo(8000);
    assertThat(configuration.warnings()).isEmpty();
  }

  @Test
  void load_errorsInBothFiles_reportsBoth() {
    assertThat(problems("lease: 0s\n" + OURS, VENDOR + "    queueDepth: -1\n", Map.of()))
        .containsExactly(
            "sluice.yaml:1: lease: expected a duration such as 500ms, 10s, 5m or 1h, from 1s to"
                + " 24h, found \"0s\"",
            "sambastack.yaml:11: serviceTiers.web[0].queueDepth: expected a whole number of 0 or"
                + " more, found \"-1\"");
  }

  @Test
  void load_missingFiles_namesThem() throws Exception {
    InvalidConfiguration none =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () -> Configuration.load(folder.resolve("sluice.yaml"), Map.of("SLUICE_LEASE", "x")));
    assertThat(texts(none.problems()))
        .containsExactly("sluice.yaml: cannot be read: there is no such file");

    Files.writeString(folder.resolve("sluice.yaml"), "sambastack: other.yaml\n");
    InvalidConfiguration other =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () -> Configuration.load(folder.resolve("sluice.yaml"), Map.of()));
    assertThat(texts(other.problems()))
        .containsExactly("other.yaml: cannot be read: there is no such file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                          | sluice.yaml:1: sambastack: missing: expected a path",
        "'sambastack:'               | sluice.yaml:1: sambastack: missing: expected a path",
        "'[a]'                       | sluice.yaml:1: expected a map, found a list",
        "'a: 1\n---\nb: 2'           | sluice.yaml:3: a second document begins here; put all into"
            + " one",
        "'a: ''x'                    | sluice.yaml:1: is not valid YAML: while scanning a quoted"
            + " scalar, found unexpected end of stream",
        "'a: 1\n\tb: 2'              | sluice.yaml:2: is not valid YAML: while scanning for the"
            + " next token, found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)",
        "'a: 1\nredis: *hunter2'     | sluice.yaml:2: is not valid YAML: an alias without its"
            + " anchor; a text that begins with * needs quotes",
        "'a: 1\nredis: !hunter!2'     | sluice.yaml:2: is not valid YAML: an unknown tag; a text that"
            + " begins with ! needs quotes",
        "'a: 1\nb: \u0007'           | sluice.yaml:2: is not valid YAML: a control character stands"
            + " here",
        "'[1, 2]: x'                 | sluice.yaml:1: line 1: a key must be a text, not a list or a"
            + " map",
      })
  void load_badShape_saysWhere(String ours, String problem) {
    assertThat(problems(ours.translateEscapes())).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bd-y | default | '' | sluice.yaml:3: deployments[0].name: no bundleDeploymentSpec and no"
            + " resource has the name bd-y; did you mean \"bd-x\"?; give it a qosList here, or in sambastack.yaml",
        "bd-x | other | '' | sluice.yaml:3: deployments[0].name: no qosList for the group other of"
            + " the deployment bd-x; give it a qosList here, or in sambastack.yaml",
        "bd-x | batch | 'qosList: [web]' | sluice.yaml:8: deployments[0].qosList: this deployment"
            + " has a qosList in sambastack.yaml:6 too; remove one",
        "bd-x | default | 'qosList: []' | sluice.yaml:8: deployments[0].qosList: expected at least"
            + " one item, found none",
        "bd-x | default | 'qosList: [a, b, a]' | sluice.yaml:8: deployments[0].qosList[2]: the"
            + " label a stands twice; remove one",
        "a b | default | '' | sluice.yaml:3: deployments[0].name: expected a name of 1 to 128"
            + " letters, digits, '.', '_' and '-', found \"a b\"",
      })
  void load_deployment_mustFitTheVendorsFile(
      String name, String group, String more, String problem) {
    String ours =
        """
        sambastack: sambastack.yaml
        deployments:
        - name: %s
          group: %s
          url: http://h
          slots: 1
          models: [m]
          %s
        """
            .formatted(name, group, more);

    assertThat(problems(ours)).contains(problem);
  }

  /** What the file lacks cannot be told from the part of it that could be read. */
  @Test
  void load_vendorsFileBroken_reportsOnlyThat() {
    String broken = "kind: ConfigMap\ndata:\n  sambastack.yaml: |\n    a: [\n";

    assertThat(problems(OURS, broken, Map.of()))
        .singleElement()
        .asString()
        .startsWith("sambastack.yaml:5: is not valid YAML");
  }

  @Test
  void load_deploymentTwice_isAnError() {
    assertThat(problems(OURS + "- {name: bd-x, url: 'http://other', slots: 1, models: [m]}\n"))
        .containsExactly(
            "sluice.yaml:7: deployments[1].name: line 3 has a deployment bd-x already; name and"
                + " group together must be unique");
  }

  @Test
  void load_noQosListAnywhere_isAnError() {
    String vendor = "serviceTiers: {web: [{models: [m]}]}";

    assertThat(problems(OURS, vendor, Map.of()))
        .contains(
            "sluice.yaml:3: deployments[0].name: no qosList for the deployment bd-x; give it a"
                + " qosList here, or in sambastack.yaml");
  }

  @Test
  void load_whatNothingServes_isWarnedOf() throws Exception {
    String vendor =
        VENDOR
            + """
              - models: [m, other]
                qos: gold
              gold:
              - models: [m]
              deprecated:
              - models: [ancient]
            """;

    Configuration configuration =
        load(OURS + "maintenanceEnds: {m: 2026-12-01T06:00:00Z}\n", vendor, Map.of());

    assertThat(texts(configuration.warnings()))
        .containsExactly(
            "sambastack.yaml:11: serviceTiers.web[1].models[0]: this tier lists the model m"
                + " already, at sambastack.yaml:10, and that holds",
            "sambastack.yaml:11: serviceTiers.web[1].models[1]: no deployment serves the model"
                + " other",
            "sambastack.yaml:12: serviceTiers.web[1].qos: no deployment has the label \"gold\" in"
                + " its qosList",
            "sambastack.yaml:14: serviceTiers.gold[0]: no deployment has the label \"gold\" in its"
                + " qosList",
            "sluice.yaml:7: maintenanceEnds.m: the tier maintenance does not list this model: no"
                + " effect");
  }

  @ParameterizedTest
  @CsvSource({
    "embedded, embedded",
    "redis://127.0.0.1:6379, redis://127.0.0.1:6379",
    "redis://h, redis://h",
    "redis://[::1]:6379/2?timeout=1s, redis://[::1]:6379/2?timeout=1s",
    "rediss://user:p%40ss@h:1, rediss://*****@h:1",
    "redis://h:65535/2147483647, redis://h:65535/2147483647",
    "redis://10.0.0.1:1, redis://10.0.0.1:1",
    "rediss://h?verifyPeer=ca&timeout=2s, rediss://h?verifyPeer=ca&timeout=2s",
    "redis://:pw@h, redis://*****@h",
    "'redis-sentinel://pw@h1:1,h2/0#master', 'redis-sentinel://*****@h1:1,h2/0#master'",
    "'redis+cluster://h1:1,h2:2', 'redis+cluster://h1:1,h2:2'",
    "redis+cluster://h1:1/0, redis+cluster://h1:1/0",
    "'rediss+cluster://u:pw@h1:1,h2:2', 'rediss+cluster://*****@h1:1,h2:2'",
  })
  void redisAddress_good_hidesCredentialsOnly(String text, String shown) {
    RedisAddress address = RedisAddress.parse(text).orElseThrow();

    assertThat(address.reveal()).isEqualTo(text);
    assertThat(address).hasToString(shown);
    assertThat(address.embedded()).isEqualTo(text.equals("embedded"));
  }

  @ParameterizedTest
  @CsvSource({
    "''",
    "Embedded",
    "127.0.0.1:6379",
    "http://h",
    "redis://",
    "redis://h:port",
    "'redis://h1,h2'",
    "redis-sentinel://h1",
    "redis+cluster://",
    "redis://h#master",
    "redis://localhost:99999",
    "redis+cluster://localhost:70000",
    "'redis+cluster://a:1,b:65536'",
    "redis+cluster://a/1",
    "'redis-sentinel://a:1,b:65536#m'",
    "redis://h:0",
    "redis://h:",
    "redis://h/99999999999",
    "redis://h/2147483648",
    "redis://a_b:6380",
    "redis://10.0.0.1.2:6380",
    "redis://[::::]",
    "rediss://user:p@ss@h:1",
    "redis://u:100%@h",
    "redis://u:a b@h",
    "rediss://h?verifyPeer=maybe",
    "redis-sentinel://h#a b",
  })
  void redisAddress_bad_isRefused(String text) {
    assertThat(RedisAddress.parse(text)).isEmpty();
  }
}
