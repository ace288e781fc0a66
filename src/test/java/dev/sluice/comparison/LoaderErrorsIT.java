package dev.sluice.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.ratelimit.InvalidRules;
import dev.sluice.ratelimit.RuleFiles;
import dev.sluice.ratelimit.RuleLoader;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of rules that the real envoyproxy/ratelimit refuses, and its words, which are ours too. */
class LoaderErrorsIT {
  private static EmbeddedRedis redis;

  @TempDir private Path folder;

  @BeforeAll
  static void startRedis() {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "descriptors: [] | config file cannot have empty domain",
        "`` | config file cannot have empty domain",
        "{domain: d, descriptors: [{value: v}]} | descriptor has empty key",
        "{domain: d, descriptors: [{key: k, value: v}, {key: k_v}]}"
            + " | duplicate descriptor composite key 'd.k_v'",
        "{domain: d, descriptors: [{key: k, descriptors: [{key: l}, {key: l}]}]}"
            + " | duplicate descriptor composite key 'd.k.l'",
        "{domain: d, descriptors: [{key: k, rate_limit: {unit: foo}}]}"
            + " | invalid rate limit unit 'foo'",
        "{domain: d, descriptors: [{key: k, rate_limit: {requests_per_unit: 5}}]}"
            + " | invalid rate limit unit ''",
        "{domain: d, descriptors: [{key: k, rate_limit: {unit: unknown}}]}"
            + " | invalid rate limit unit 'unknown'",
        "{domain: d, descriptors: [{key: k, rate_limit: {unit: day, unlimited: true}}]}"
            + " | should not specify rate limit unit when unlimited",
        "{domain: d, descriptors: [{key: k, rate_limit: {unit: day, replaces: [{}]}}]}"
            + " | should not have an empty replaces entry",
        "{domain: d, descriptors: [{key: k, rate_limit: {unit: day, name: n, replaces: [{name: n}]}}]}"
            + " | replaces should not contain name of same descriptor",
        "{domain: d, descriptors: [{key: k, value: v, share_threshold: true}]}"
            + " | share_threshold can only be used with wildcard values",
        "{domain: d, ratelimit: 5} | config error, unknown key 'ratelimit'",
        "{domain: d, descriptors: [{key: k, foo: 1}]} | config error, unknown key 'foo'",
        "{domain: d, 0.25: 5} | config error, key is not of type string: 0.25",
        "{domain: d, descriptors: [a]}"
            + " | config error, yaml file contains list of type other than map: a",
        "{domain: d, descriptors: [{key: 1.5}]} | error checking config",
        "{domain: d, descriptors: [{key: k, rate_limit: {unit: day, requests_per_unit: 1.5}}]}"
            + " | error checking config",
        "{domain: d, descriptors: 5} | error loading config file",
        "{domain: d, descriptors: [{key: k, rate_limit: {unit: day, requests_per_unit: -1}}]}"
            + " | error loading config file",
        "{domain: d, descriptors: [{key: k, rate_limit: {unit: day, requests_per_unit: 4294967296}}]}"
            + " | error loading config file",
        "{domain: d, descriptors: [{key: k, shadow_mode: maybe}]} | error loading config file",
        "{domain: d | error loading config file",
        "[] | error loading config file",
        "`domain: d\n\tdescriptors: []` | error loading config file",
        "{domain: good} | duplicate domain 'good' in config file",
      })
  void fileThatIsRefused_isSoByBoth_inTheSameWords(String rules, String words) throws Exception {
    Path config = Files.createDirectories(folder.resolve("ratelimit/config"));
    Files.writeString(config.resolve("a.yaml"), "domain: good\n");
    Files.writeString(config.resolve("b.yaml"), rules);

    assertThat(refusalOfReference()).contains("b.yaml: " + words);
    assertThat(
            catchThrowableOfType(
                InvalidRules.class, () -> RuleLoader.load(new RuleFiles(config, false, false))))
        .hasMessageContaining(words)
        .hasMessageContaining("b.yaml");
  }

  private String refusalOfReference() {
    Map<String, String> environment = new HashMap<>();
    environment.put("RUNTIME_ROOT", folder.toString());
    environment.put("RUNTIME_SUBDIRECTORY", "ratelimit");
    environment.put("RUNTIME_WATCH_ROOT", "false");
    environment.put("REDIS_SOCKET_TYPE", "tcp");
    environment.put("REDIS_URL", redis.url().replace("redis://", ""));
    try (Reference reference = Reference.start(folder, environment)) {
      return Awaitility.await()
          .until(reference::log, log -> log.contains("Error loading new configuration"));
    }
  }
}
