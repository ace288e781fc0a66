package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.policy.Block;
import dev.sluice.policy.Rate;
import dev.sluice.policy.Tier;
import dev.sluice.queue.QosList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SambaStackReaderTest {
  private final Path file;

  SambaStackReaderTest(@TempDir Path folder) {
    file = folder.resolve("sambastack.yaml");
  }

  private Read load(String text) throws IOException, InvalidConfiguration {
    Files.writeString(file, text);
    return read(file);
  }

  private static Read read(Path file) throws InvalidConfiguration {
    Problems problems = new Problems();
    Optional<SambaStackReader> reader =
        SambaStackReader.read(List.of(file), Path.of("sluice.yaml"), problems);
    problems.throwIfInvalid();
    SambaStackReader valid = reader.orElseThrow();
    return new Read(
        valid.tiers().stream().collect(Collectors.toMap(EffectiveTier::name, EffectiveTier::tier)),
        valid.bundles(),
        problems.all());
  }

  /** What was read from a file without errors. */
  private record Read(Map<String, Tier> tiers, BundlesReader bundles, List<Problem> warnings) {}

  private List<String> errors(String text) {
    return texts(catchThrowableOfType(InvalidConfiguration.class, () -> load(text)).problems());
  }

  private List<String> texts(List<Problem> problems) {
    return problems.stream().map(p -> p.toString().replace(file.toString(), "f")).toList();
  }

  private static List<Rate> rates(Read read, String tier) {
    return block(read, tier).rates();
  }

  private static Block block(Read read, String tier) {
    return Optional.ofNullable(read.tiers().get(tier)).orElseThrow().blocks().get(0);
  }

  private static Rate rate(long requests, long seconds) {
    return new Rate(requests, Duration.ofSeconds(seconds));
  }

  @Test
  void load_tierOfTheVendorsGuide_readsIt() throws Exception {
    Read read =
        load(
            """
            serviceTiers:
              example:
              - models:
                - Llama-4-Maverick-17B-128E-Instruct
                queueDepth: 25
                qos: "free"
                rates:
                - allowedRequests: 100
                  periodSeconds: 30
            """);

    assertThat(read.tiers())
        .isEqualTo(
            Map.of(
                "example",
                new Tier(
                    "example",
                    List.of(
                        new Block(
                            Set.of("Llama-4-Maverick-17B-128E-Instruct"),
                            "free",
                            25,
                            List.of(rate(100, 30)))))));
    assertThat(read.warnings()).isEmpty();
  }

  @Test
  void load_bundlesOfTheVendorsGuide_readsQosLists() throws Exception {
    Read read =
        load(
            """
            bundles:
              bundleSpecs:
                - name: gpt-oss-120b-8-32-64-128k
              bundleDeploymentSpecs:
                - name: gpt-oss-120b-8-32-64-128k
                  groups:
                    - name: default
                      minReplicas: 1
                      qosList: [web, free]
            """);

    assertThat(read.bundles().deployments()).containsExactly("gpt-oss-120b-8-32-64-128k");
    assertThat(read.bundles().qosList("gpt-oss-120b-8-32-64-128k", "default"))
        .contains(new QosList(List.of("web", "free")));
    assertThat(read.warnings()).isEmpty();
  }

  @Test
  void load_wholeFileOfTheVendorsGuide_ignoresWhatIsNotOurs() throws Exception {
    Read read =
        load(
            """
            gateway:
              replicas: 3
              auth: {enabled: true, secretName: oidc-auth}
              ingress:
                hosts: [{host: api.example.com, tlsSecretName: api-tls}]
                annotations:
                  nginx.ingress.kubernetes.io/proxy-body-size: 25m
                  nginx.ingress.kubernetes.io/configuration-snippet: |
                    proxy_set_header Authorization $http_authorization;
                    limit_req zone=240_req_min_header burst=360 nodelay;
                    limit_req_status 429;
            cloud-ui:
              ingress:
                hosts: [{host: ui.example.com, tlsSecretName: ui-tls}]
            db-admin:
              admins: [temp-admin@cluster.local, example@example.com]
            bundles: {}
            serviceTiers: {free: [{models: [m], rates: { allowedRequests: 10, periodSeconds: 60 }}]}
            """);

    assertThat(read.tiers())
        .isEqualTo(
            Map.of(
                "free",
                new Tier(
                    "free", List.of(new Block(Set.of("m"), "free", 100, List.of(rate(10, 60)))))));
    assertThat(read.warnings()).isEmpty();
  }

  @Test
  void load_systemTiers_listOnlyModels() throws Exception {
    Read read =
        load(
            """
            serviceTiers:
              deprecated: [{models: [a]}]
              maintenance: [{models: [b]}]
              restricted: [{models: [c]}]
            bundles: {bundleDeploymentSpecs: [{name: d, groups: [{qosList: [web]}]}]}
            """);

    assertThat(read.tiers().get("restricted"))
        .isEqualTo(
            new Tier("restricted", List.of(new Block(Set.of("c"), "restricted", 0, List.of()))));
    assertThat(read.tiers()).containsOnlyKeys("deprecated", "maintenance", "restricted");
    assertThat(read.warnings()).isEmpty();
  }

  @Test
  void load_mergeKeysAndAliases_areFollowed() throws Exception {
    Read read =
        load(
            """
            serviceTiers:
              free:
              - &base
                models: [m]
                rates: &rates
                - {allowedRequests: 1, periodSeconds: 60}
                - {allowedRequests: 9, periodSeconds: 86400}
              web:
              - <<: *base
                queueDepth: 3
              gold:
              - {models: [n], rates: *rates}
            """);

    assertThat(read.tiers().get("web"))
        .isEqualTo(
            new Tier(
                "web",
                List.of(new Block(Set.of("m"), "web", 3, List.of(rate(1, 60), rate(9, 86400))))));
    assertThat(rates(read, "gold")).hasSize(2);
    assertThat(read.warnings()).isEmpty();
  }

  @Test
  void load_severalDocuments_areOneFile() throws Exception {
    Read read =
        load(
            """
            serviceTiers: {free: [{models: [m]}]}
            ---
            apiVersion: helm.cattle.io/v1
            kind: HelmChartConfig
            spec: {valuesContent: x}
            ---
            ---
            serviceTiers: {web: [{models: [m]}]}
            ---
            kind: Deployment
            spec: {}
            """);

    assertThat(read.tiers()).containsOnlyKeys("free", "web");
    assertThat(texts(read.warnings()))
        .containsExactly("f:10: a resource of kind Deployment is not read by this version");
  }

  @Test
  void load_configMap_reportsLinesOfTheOuterFile() {
    assertThat(
            errors(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: sambastack
                  labels: {sambastack-installer: "true"}
                data:
                  sambastack.yaml: |

                    serviceTiers:
                      free:
                      - models: [m]
                        queueDepth: many
                    ---
                    bundles:
                      bundleDeploymentSpecs: 1
                """))
        .containsExactly(
            "f:12: serviceTiers.free[0].queueDepth: expected a whole number of 0 or more, found"
                + " \"many\"",
            "f:15: bundles.bundleDeploymentSpecs: expected a list, found a single value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'kind: ConfigMap' | f:1: data: missing: expected a map",
        "'kind: ConfigMap\\ndata: {x: y}' | f:2: data.sambastack.yaml: missing: expected a text",
        "'kind: ConfigMap\\ndata: {sambastack.yaml: [1]}' | f:2: data.sambastack.yaml: expected a"
            + " text, found a list",
        "'kind: ConfigMap\\ndata:\\n  sambastack.yaml: |\\n    a: 1\\n    b: [' | f:5: is not valid"
            + " YAML: while parsing a flow node, expected the node content, but found '<stream end>'",
        "'kind: ConfigMap\\ndata:\\n  sambastack.yaml: \"a: 1\\n\\n\\n    b: [\"' | f:3: is not valid"
            + " YAML: while parsing a flow node, expected the node content, but found '<stream end>'",
      })
  void load_badConfigMap_saysWhere(String text, String problem) {
    assertThat(errors(text.translateEscapes())).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serviceTiers: [a]       | f:1: serviceTiers: expected a map, found a list",
        "serviceTiers: {a: b}    | f:1: serviceTiers.a: expected a list or a map, found a single value",
        "serviceTiers: {a: [b]}  | f:1: serviceTiers.a[0]: expected a map, found a single value",
        "serviceTiers: {a: [~]}  | f:1: serviceTiers.a[0]: missing: expected a map",
        "serviceTiers: {a: [{}]} | f:1: serviceTiers.a[0].models: missing: expected a list",
        "serviceTiers: {a: [{models: []}]} | f:1: serviceTiers.a[0].models: expected at least one"
            + " item, found none",
        "serviceTiers: {a: [{models: m}]} | f:1: serviceTiers.a[0].models: expected a list, found a"
            + " single value",
        "serviceTiers: {a: [{models: ['']}]} | f:1: serviceTiers.a[0].models[0]: expected a text,"
            + " found \"\"",
        "serviceTiers: {a: [{models: [m], queueDepth: 1.5}]} | f:1: serviceTiers.a[0].queueDepth:"
            + " expected a whole number of 0 or more, found \"1.5\"",
        "serviceTiers: {a: [{models: [m], rates: 5}]} | f:1: serviceTiers.a[0].rates: expected a"
            + " list or a map, found a single value",
        "serviceTiers: {a: [{models: [m], rates: {periodSeconds: 0}}]} | f:1:"
            + " serviceTiers.a[0].rates.allowedRequests: missing: expected a whole number of 0 or"
            + " more",
        "serviceTiers: {a: [{models: [m], rates: [{periodSeconds: 0}]}]} | f:1:"
            + " serviceTiers.a[0].rates[0].periodSeconds: expected a whole number from 1 to"
            + " 31622400, found \"0\"",
        "bundles: {bundleDeploymentSpecs: [{groups: []}]} | f:1:"
            + " bundles.bundleDeploymentSpecs[0].name: missing: expected a text",
        "bundles: {bundleDeploymentSpecs: [{name: a}, {name: a}]} | f:1:"
            + " bundles.bundleDeploymentSpecs[1].name: two deployments have the name a, the first at"
            + " f:1; give each its own",
        "bundles: {bundleDeploymentSpecs: [{name: a, groups: [{qosList: [x]}, {qosList: [y]}]}]} |"
            + " f:1: bundles.bundleDeploymentSpecs[0].groups[1].name: two groups of one deployment"
            + " have the name default",
        "bundles: {bundleDeploymentSpecs: [{name: a, groups: [{qosList: [x, x]}]}]} | f:1:"
            + " bundles.bundleDeploymentSpecs[0].groups[0].qosList[1]: the label x stands twice;"
            + " remove one",
        "'serviceTiers: {a: [{models: [m]}], a: [{models: [n]}]}' | f:1: serviceTiers.a: this key"
            + " stands twice, first in line 1; remove one",
        "'a: &a [*a]\\nserviceTiers: *a' | f:2: serviceTiers: expected a map, found a list",
      })
  void load_bad_saysWhatWasExpected(String text, String problem) {
    assertThat(errors(text.translateEscapes())).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serviceTier: {} | f:1: serviceTier: unknown key; did you mean \"serviceTiers\"?",
        "serviceTiers: {a: [{models: [m], colour: 5}]} | f:1: serviceTiers.a[0].colour: unknown"
            + " key; known here: inherits, maxBatchSize, maxCompletionTokens, maxOutputTokens,"
            + " models, overrides, qos, queueDepth, rates, scope, shadow",
        "serviceTiers: {a: [{models: [m], rates: [{allowedRequests: 9, periodSeconds: 60},"
            + " {allowedRequests: 5, periodSeconds: 60}]}]} | f:1: serviceTiers.a[0].rates[1]: two"
            + " rates have a period of 60 s: the tightest holds, 5 requests",
      })
  void load_doubtful_warns(String text, String problem) throws Exception {
    assertThat(texts(load(text.translateEscapes()).warnings())).contains(problem);
  }

  @Test
  void load_tierInTwoDocuments_isAnErrorThatNamesBoth() {
    assertThat(errors("serviceTiers: {a: []}\n---\nserviceTiers: {a: []}\n"))
        .containsExactly("f:3: serviceTiers.a: this tier stands twice, first at f:1; remove one");
  }

  @Test
  void load_rateInShadowBesideOneOfItsPeriod_isKeptAsWell() throws Exception {
    Read read =
        load(
            """
            serviceTiers:
              a:
              - models: [m]
                rates:
                - {allowedRequests: 9, periodSeconds: 60}
                - {allowedRequests: 5, periodSeconds: 60, shadow: true}
            """);

    assertThat(rates(read, "a")).containsExactly(rate(9, 60), rate(5, 60).inShadow());
    assertThat(read.warnings()).isEmpty();
  }

  @Test
  void load_blockInShadow_isSoWithItsRatesAndBounds_alsoWhereItIsInherited() throws Exception {
    Read read =
        load(
            """
            serviceTiers:
              base:
              - models: [m]
                shadow: true
                queueDepth: 3
                maxOutputTokens: 7
                rates:
                - {allowedRequests: 9, periodSeconds: 60}
                - {allowedRequests: 5, periodSeconds: 60, shadow: true}
              like: {inherits: base, overrides: {qos: like}}
              strict: {inherits: base, overrides: {shadow: false}}
            """);

    for (String tier : List.of("base", "like")) {
      assertThat(rates(read, tier)).containsExactly(rate(5, 60).inShadow());
      assertThat(block(read, tier).bounds().shadow()).isTrue();
      assertThat(block(read, tier).queueDepth()).isEqualTo(3);
    }
    assertThat(rates(read, "strict")).containsExactly(rate(9, 60), rate(5, 60).inShadow());
    assertThat(block(read, "strict").bounds().shadow()).isFalse();
  }

  @Test
  void load_twoRatesOfOnePeriod_keepsTheTightest() throws Exception {
    Read read =
        load(
            """
            serviceTiers:
              a:
              - models: [m]
                rates:
                - {allowedRequests: 5, periodSeconds: 60}
                - {allowedRequests: 9, periodSeconds: 60}
                - {allowedRequests: 7, periodSeconds: 61}
            """);

    assertThat(rates(read, "a")).containsExactly(rate(5, 60), rate(7, 61));
  }

  @Test
  void load_unreadable_saysWhy() throws Exception {
    assertThat(texts(unreadable(file))).containsExactly("f: cannot be read: there is no such file");
    Files.write(file, "a: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(texts(unreadable(file))).containsExactly("f: cannot be read: it is not UTF-8");
    Files.write(file, new byte[(4 << 20) + 1]);
    assertThat(texts(unreadable(file)))
        .containsExactly("f: cannot be read: it is larger than 4194304 bytes");
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(texts(unreadable(file)))
        .containsExactly("f: cannot be read: no file in it has a name that ends in .yaml or .yml");
  }

  private static List<Problem> unreadable(Path path) {
    return catchThrowableOfType(InvalidConfiguration.class, () -> read(path)).problems();
  }

  @Test
  void load_byteOrderMark_isSkipped() throws Exception {
    assertThat(load("\uFEFFserviceTiers: {a: [{models: [m]}]}").tiers()).containsOnlyKeys("a");
  }

  @Test
  void load_nestingOrAliasesWithoutEnd_areRefused() {
    assertThat(errors("a: " + "[".repeat(1000))).first().asString().contains("is not valid YAML");
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
    }
    assertThat(errors(bomb.toString())).first().asString().contains("is not valid YAML");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serviceTiers: &a {x: [*a], <<: *a}",
        "&a [*a]",
        "&a {*a : *a}",
        "serviceTiers: {x: &a [{models: *a, rates: *a}]}",
        "serviceTiers: {x: [{models: [m], <<: [1, {qos: q}]}]}",
        "serviceTiers: {x: [{models: [m], <<: 1}]}",
      })
  void load_cyclesAndBadMerges_endInProblems(String text) {
    assertThat(errors(text)).isNotEmpty();
  }
}
