package dev.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class RuleLoaderTest {
  /** A descriptor with a rule that says only this. */
  private static String limit(String fields) {
    return "domain: d\ndescriptors:\n- key: k\n  rate_limit: {" + fields + "}\n";
  }

  private static String descriptor(String fields) {
    return "domain: d\ndescriptors:\n- {" + fields + "}\n";
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        arguments("", "rules.yaml: config file cannot have empty domain"),
        arguments("descriptors: []", "rules.yaml:1: config file cannot have empty domain"),
        arguments("domain: ''", "rules.yaml:1: config file cannot have empty domain"),
        arguments("domain: ~", "rules.yaml:1: config file cannot have empty domain"),
        arguments(descriptor("value: v"), "rules.yaml:3: descriptor has empty key"),
        arguments(
            "domain: d\ndescriptors:\n- {key: k_v}\n- {key: k, value: v}\n",
            "rules.yaml:4: duplicate descriptor composite key 'd.k_v'"),
        arguments(
            "domain: d\ndescriptors:\n- key: a\n  descriptors: [{key: k}, {key: k}]\n",
            "rules.yaml:4: duplicate descriptor composite key 'd.a.k'"),
        arguments(limit("unit: foo"), "rules.yaml:4: invalid rate limit unit 'foo'"),
        arguments(limit("unit: unknown"), "rules.yaml:4: invalid rate limit unit 'unknown'"),
        arguments(limit("unit: 5"), "rules.yaml:4: invalid rate limit unit '5'"),
        arguments(limit("requests_per_unit: 5"), "rules.yaml:4: invalid rate limit unit ''"),
        arguments(
            limit("unit: day, unlimited: true"),
            "rules.yaml:4: should not specify rate limit unit when unlimited"),
        arguments(
            limit("unit: day, replaces: [{name: ''}]"),
            "rules.yaml:4: should not have an empty replaces entry"),
        arguments(
            limit("unit: day, name: n, replaces: [{name: m}, {name: n}]"),
            "rules.yaml:4: replaces should not contain name of same descriptor"),
        arguments(
            descriptor("key: k, value: v, share_threshold: true"),
            "rules.yaml:3: share_threshold can only be used with wildcard values (containing '*'),"
                + " but found key 'k_v'"),
        arguments(
            descriptor("key: k, ratelimit: {}"),
            "rules.yaml:3: config error, unknown key 'ratelimit'"),
        arguments(
            "domain: d\n0.25: x\n", "rules.yaml:2: config error, key is not of type string: 0.25"),
        arguments("domain: d\n7: x\n", "rules.yaml:2: config error, key is not of type string: 7"),
        arguments(
            "domain: d\nyes: x\n", "rules.yaml:2: config error, key is not of type string: yes"),
        arguments(
            "domain: d\ndescriptors:\n- a\n",
            "rules.yaml:3: config error, yaml file contains list of type other than map: a"),
        arguments(
            descriptor("key: k, value: 1.5"),
            "rules.yaml:3: error checking config: 'value' is a fraction; a text needs quotes"),
        arguments(
            limit("unit: day, requests_per_unit: 1.5"),
            "rules.yaml:4: error checking config: 'requests_per_unit' is a fraction"),
        arguments(
            limit("unit: day, requests_per_unit: 1e3"),
            "rules.yaml:4: error checking config: 'requests_per_unit' is a fraction"),
        arguments(
            limit("unit: day, requests_per_unit: -1"),
            "rules.yaml:4: error loading config file: 'requests_per_unit' must be a whole number"
                + " from 0 to 4294967295"),
        arguments(
            limit("unit: day, requests_per_unit: 4294967296"),
            "rules.yaml:4: error loading config file: 'requests_per_unit' must be a whole number"
                + " from 0 to 4294967295"),
        arguments(
            limit("unit: day, requests_per_unit: '5'"),
            "rules.yaml:4: error loading config file: 'requests_per_unit' must be a whole number"
                + " from 0 to 4294967295"),
        arguments(
            limit("unlimited: maybe"),
            "rules.yaml:4: error loading config file: 'unlimited' must be true or false"),
        arguments(
            "domain: [d]\n", "rules.yaml:1: error loading config file: 'domain' must be a text"),
        arguments(
            "domain: d\ndescriptors: {}\n",
            "rules.yaml:2: error loading config file: 'descriptors' must be a list"),
        arguments(
            "domain: d\ndescriptors:\n- {key: k, rate_limit: 5}\n",
            "rules.yaml:3: error loading config file: 'rate_limit' must be a map"),
        arguments(descriptor("key: k, metadata: 5"), "rules.yaml:3: error parsing metadata"),
        arguments("[]", "rules.yaml:1: error loading config file: it must be a map"),
        arguments(
            "domain: d\n<<: 5\n",
            "rules.yaml:2: error loading config file: map merge requires map or sequence of maps"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void load_somethingWrong_saysWhereInTheWordsOfTheReference(String yaml, String problem) {
    assertThatThrownBy(() -> Yaml.load(Map.of("rules.yaml", yaml)))
        .isInstanceOf(InvalidRules.class);
    assertThat(Yaml.problems(yaml)).contains(problem);
  }

  @Test
  void load_noYaml_saysWhere() {
    assertThat(Yaml.problems("domain: d\ndescriptors: [\n"))
        .singleElement()
        .asString()
        .startsWith("rules.yaml:3: error loading config file: ");
    assertThat(Yaml.problems("domain: d\u0007"))
        .singleElement()
        .asString()
        .startsWith("rules.yaml: error loading config file: ");
  }

  @Test
  void load_manyErrorsInManyFiles_saysAllByFileAndLine() {
    assertThat(
            Yaml.problems(
                Map.of(
                    "b.yaml",
                    "domain: d\ndescriptors:\n- value: x\n- {key: k, rate_limit: {unit: foo}}\n",
                    "sub/a.txt",
                    "domain: d\nfoo: 1\nbar: 2\n",
                    "a.yaml",
                    "domain: d\n",
                    "broken",
                    "{")))
        .hasSize(7)
        .startsWith(
            "b.yaml:1: duplicate domain 'd' in config file",
            "b.yaml:3: descriptor has empty key",
            "b.yaml:4: invalid rate limit unit 'foo'")
        .endsWith(
            "sub/a.txt:1: duplicate domain 'd' in config file",
            "sub/a.txt:2: config error, unknown key 'foo'",
            "sub/a.txt:3: config error, unknown key 'bar'")
        .satisfiesOnlyOnce(problem -> assertThat(problem).startsWith("broken"));
  }

  @Test
  void load_whatIsLeftOut_warns() throws Exception {
    LoadedRules loaded =
        Yaml.load(
            Map.of(
                "rules.yaml",
                """
                domain: d
                name: x
                descriptors:
                - key: k
                  unit: day
                  detailed_metric: true
                  value_to_metric: true
                  metadata: {any: [thing, 1.5, {is: fine}]}
                  rate_limit: {unit: day, unit: hour, shadow_mode: true, requests_per_unit: 3}
                ---
                domain: e
                """));

    assertThat(loaded.warnings())
        .extracting(RuleProblem::toString)
        .containsExactly(
            "rules.yaml:2: 'name' has no effect here",
            "rules.yaml:5: 'unit' has no effect here",
            "rules.yaml:9: 'unit' stands twice; the last counts",
            "rules.yaml:9: 'shadow_mode' has no effect here",
            "rules.yaml:11: only the first document of a file is read");
    assertThat(loaded.tree().rules())
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(rule.limit()).contains(new Limit(3, 3_600, Algorithm.FIXED, ""));
              assertThat(rule.shadow()).isFalse();
            });
    assertThat(loaded.tree().has("e")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"1s, 1", "90s, 90", "15m, 900", "12h, 43200", "30d, 2592000", "365d, 31536000"})
  void load_period_isOfAnyLength(String period, int seconds) {
    assertThat(Yaml.rules(limit("requests_per_unit: 1, period: " + period)).rules())
        .extracting(rule -> rule.limit().orElseThrow())
        .containsExactly(new Limit(1, seconds, Algorithm.FIXED, ""));
  }

  @ParameterizedTest
  @CsvSource({"rolling, ROLLING", "Rolling, ROLLING", "fixed, FIXED"})
  void load_algorithm_whateverItsCase(String text, Algorithm algorithm) {
    assertThat(Yaml.rules(limit("requests_per_unit: 1, unit: day, algorithm: " + text)).rules())
        .extracting(rule -> rule.limit().orElseThrow().algorithm())
        .containsExactly(algorithm);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unit: day, period: 1d | give either 'unit' or 'period'",
        "period: 366d | invalid period '366d': expected such as 90s, 15m, 12h or 30d, up to 365d",
        "period: 1.5h | invalid period '1.5h': expected such as 90s, 15m, 12h or 30d, up to 365d",
        "period: 0s | invalid period '0s': expected such as 90s, 15m, 12h or 30d, up to 365d",
        "unit: day, algorithm: leaky | invalid algorithm 'leaky': expected fixed or rolling",
        "unlimited: true, period: 1d | should not specify period or algorithm when unlimited",
        "unit: day, algorithm: rolling, requests_per_unit: 2147483648 | requests_per_unit of a"
            + " rolling limit must be at most 2147483647"
      })
  void load_badPeriodOrAlgorithm_saysWhatWasExpected(String limit, String problem) {
    assertThat(Yaml.problems(limit(limit))).singleElement().asString().endsWith(problem);
  }

  @Test
  void load_metadata_keepsItsTypes() {
    RuleTree tree =
        Yaml.rules(
            """
            domain: d
            descriptors:
            - key: k
              metadata: {any: [thing, 1.5, {is: true}], none: null, '1': 0x10}
              rate_limit: {unit: day}
            """);

    assertThat(tree.rules().get(0).metadata())
        .isEqualTo(
            new Metadata.Fields(
                Map.of(
                    "any",
                    new Metadata.Items(
                        List.of(
                            new Metadata.Text("thing"),
                            new Metadata.Numeric(1.5),
                            new Metadata.Fields(Map.of("is", new Metadata.Truth(true))))),
                    "none",
                    new Metadata.Nothing(),
                    "1",
                    new Metadata.Numeric(16))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "metadata: text | rules.yaml:3: error parsing metadata",
        "metadata: {1: x} | rules.yaml:3: error parsing metadata: a key is not a text: put 1 in quotes",
        "metadata: &m {x: *m} | rules.yaml:3: error parsing metadata: more than 1000 values"
      })
  void load_badMetadata_saysWhatIsWrong(String metadata, String problem) {
    assertThat(
            Yaml.problems(
                "domain: d\ndescriptors:\n- {key: k, rate_limit: {unit: day}, " + metadata + "}\n"))
        .containsExactly(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "second, SECOND",
    "Minute, MINUTE",
    "HOUR, HOUR",
    "dAy, DAY",
    "week, WEEK",
    "month, MONTH",
    "year, YEAR"
  })
  void load_unit_whateverItsCase(String text, Unit unit) {
    assertThat(Yaml.rules(limit("requests_per_unit: 1, unit: " + text)).rules())
        .extracting(rule -> Unit.bySeconds(rule.limit().orElseThrow().seconds()).orElseThrow())
        .containsExactly(unit);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "20, 20",
    "0100, 64",
    "0x1F, 31",
    "0b101, 5",
    "0o17, 15",
    "1_000, 1000",
    "+7, 7"
  })
  void load_requestsPerUnit_asGoReadsNumbers(String text, long requests) {
    assertThat(Yaml.rules(limit("unit: day, requests_per_unit: " + text)).rules())
        .extracting(rule -> rule.limit().orElseThrow().requests())
        .containsExactly(requests);
  }

  @ParameterizedTest
  @CsvSource({"404", "007", "true", "0x1F", "1:30", "2026-11-22", "10.0.0.1", "'\"1.5\"'", "on"})
  void load_value_keepsItsText(String text) {
    RuleTree tree = Yaml.rules(descriptor("key: k, value: " + text + ", rate_limit: {unit: day}"));

    assertThat(tree.rules()).extracting(Rule::key).containsExactly("d.k_" + text.replace("\"", ""));
  }

  @Test
  void load_aLimitWithoutNumber_isZero() {
    assertThat(Yaml.rules(limit("unit: day")).rules())
        .extracting(rule -> rule.limit().orElseThrow().requests())
        .containsExactly(0L);
  }

  @Test
  void load_anchorsAndMerges_areFollowed() {
    RuleTree tree =
        Yaml.rules(
            """
            domain: d
            descriptors:
            - &base
              key: a
              shadow_mode: true
              rate_limit: &limit {unit: day, requests_per_unit: 1}
            - <<: *base
              key: b
            - key: c
              rate_limit: {<<: [*limit], requests_per_unit: 2}
            """);

    assertThat(tree.rules())
        .extracting(Rule::key, rule -> rule.limit().orElseThrow().requests(), Rule::shadow)
        .containsExactly(tuple("d.a", 1L, true), tuple("d.b", 1L, true), tuple("d.c", 2L, false));
  }

  @Test
  void load_mapsWithoutAnEnd_areRefused() {
    assertThat(Yaml.problems("domain: d\ndescriptors:\n- &a\n  key: k\n  descriptors: [*a]\n"))
        .containsExactly("rules.yaml:3: error loading config file: it is nested too deeply");
    assertThat(Yaml.problems("&a\n<<: *a\ndomain: d\n"))
        .contains("rules.yaml:1: error loading config file: maps are merged without an end");
  }

  @Test
  void load_aliasesThatMeanAVastTree_areRefused() {
    StringBuilder yaml =
        new StringBuilder("domain: d\ndescriptors:\n- key: x0\n  descriptors: &x0 []\n");
    for (int i = 1; i < 40; i++) {
      yaml.append("- key: x%d\n  descriptors: &x%d\n".formatted(i, i));
      yaml.append("  - {key: a, descriptors: *x%d}\n".formatted(i - 1));
      yaml.append("  - {key: b, descriptors: *x%d}\n".formatted(i - 1));
    }

    assertThat(Yaml.problems(yaml.toString()))
        .contains("rules.yaml: error loading config file: more than 1000000 descriptors");
  }

  @Test
  void load_severalFiles_mergesTheirDomainWhenTold() throws Exception {
    Map<String, String> texts =
        Map.of(
            "a.yaml", descriptor("key: a, rate_limit: {unit: day}"),
            "b.yaml", descriptor("key: b, rate_limit: {unit: day}"),
            "c.yaml", descriptor("key: a, rate_limit: {unit: day}"));

    assertThatThrownBy(() -> Yaml.load(texts, false, true))
        .hasMessage("c.yaml:3: duplicate descriptor composite key 'd.a'");
    assertThat(
            Yaml.load(
                    Map.of("a.yaml", texts.get("a.yaml"), "b.yaml", texts.get("b.yaml")),
                    false,
                    true)
                .tree()
                .rules())
        .extracting(Rule::key)
        .containsExactly("d.a", "d.b");
  }

  @Test
  void load_dotFiles_areReadUnlessIgnored_butNeverThoseOfKubernetes() throws Exception {
    Map<String, String> texts =
        Map.of("..data/c", "domain: z", ".b", "domain: y", ".a/d", "domain: x", "c", "domain: z");

    assertThat(List.of("x", "y", "z")).allMatch(Yaml.load(texts).tree()::has);
    assertThat(List.of("x", "y")).noneMatch(Yaml.load(texts, true, false).tree()::has);
    assertThat(Yaml.load(texts, true, false).tree().has("z")).isTrue();
  }

  @Test
  void load_noSuchDirectory_isAnError() {
    assertThatThrownBy(() -> RuleLoader.load(new RuleFiles(Path.of("no/such"), false, false)))
        .isInstanceOf(InvalidRules.class)
        .hasMessage("no/such: cannot be read: there is no such directory");
  }

  @Test
  void load_anEmptyDirectory_hasNoRules() throws Exception {
    assertThat(Yaml.load(Map.of()).tree().rules()).isEmpty();
  }
}
