package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.SluiceConfig.RateLimit;
import dev.sluice.config.SluiceConfig.ResponseHeaders;
import dev.sluice.ratelimit.OutageAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The settings of the descriptor limits, in the file and under the names of the reference. */
final class RateLimitSettingsTest {
  private static final RateLimit DEFAULTS =
      new RateLimit(
          Optional.empty(),
          "",
          Duration.ofMillis(15),
          0,
          0.8f,
          Duration.ofMinutes(5),
          false,
          false,
          false,
          Optional.empty(),
          false,
          Optional.empty(),
          OutageAnswer.ERROR);
  private static final RateLimit ALL =
      new RateLimit(
          Optional.empty(),
          "p:",
          Duration.ofMillis(15),
          1_000_000,
          0.5f,
          Duration.ofSeconds(7),
          true,
          true,
          true,
          Optional.of(new ResponseHeaders("x-limit", "x-left", "x-reset")),
          true,
          RedisAddress.parse("redis://seconds:6379"),
          OutageAnswer.ERROR);

  private final Path folder;

  RateLimitSettingsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void nothing_hasTheDefaultsOfTheReference() throws Exception {
    assertThat(load("", Map.of())).isEqualTo(DEFAULTS);
  }

  @Test
  void file_setsEverything() throws Exception {
    String yaml =
        """
        rateLimit:
          keyPrefix: 'p:'
          localCacheBytes: 1000000
          nearLimitRatio: 0.5
          expiryJitter: 7s
          stopWhenOver: true
          shadowMode: true
          quotaMode: true
          responseHeaders: {enabled: true, limit: x-limit, remaining: x-left, reset: x-reset}
          dynamicMetadata: true
          perSecondRedis: redis://seconds:6379
        """;

    assertThat(load(yaml, Map.of())).isEqualTo(ALL);
  }

  @Test
  void variablesOfTheReference_setEverything() throws Exception {
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("CACHE_KEY_PREFIX", "p:"),
            Map.entry("LOCAL_CACHE_SIZE_IN_BYTES", "1000000"),
            Map.entry("NEAR_LIMIT_RATIO", "0.5"),
            Map.entry("EXPIRATION_JITTER_MAX_SECONDS", "7"),
            Map.entry("STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT", "TRUE"),
            Map.entry("SHADOW_MODE", "1"),
            Map.entry("QUOTA_MODE", "t"),
            Map.entry("LIMIT_RESPONSE_HEADERS_ENABLED", "true"),
            Map.entry("LIMIT_LIMIT_HEADER", "x-limit"),
            Map.entry("LIMIT_REMAINING_HEADER", "x-left"),
            Map.entry("LIMIT_RESET_HEADER", "x-reset"),
            Map.entry("RESPONSE_DYNAMIC_METADATA", "True"),
            Map.entry("REDIS_PERSECOND", "true"),
            Map.entry("REDIS_PERSECOND_URL", "seconds:6379"));

    assertThat(load("", environment)).isEqualTo(ALL);
  }

  @Test
  void ourVariable_goesBeforeTheirs() throws Exception {
    Map<String, String> both =
        Map.of("SHADOW_MODE", "true", "SLUICE_RATE_LIMIT_SHADOW_MODE", "false");

    assertThat(load("", both).shadowMode()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SHADOW_MODE | maybe | environment: SHADOW_MODE: expected true or false, found \"maybe\"",
        "NEAR_LIMIT_RATIO | 2 | environment: NEAR_LIMIT_RATIO: expected a number from 0 to 1",
        "EXPIRATION_JITTER_MAX_SECONDS | x | environment: EXPIRATION_JITTER_MAX_SECONDS: expected",
        "REDIS_PERSECOND | true | environment: REDIS_PERSECOND_URL: expected the URL of a Redis"
      })
  void aBadVariableOfTheReference_isNamed(String name, String value, String problem) {
    InvalidConfiguration invalid =
        catchThrowableOfType(InvalidConfiguration.class, () -> load("", Map.of(name, value)));

    assertThat(invalid).hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nearLimitRatio: 1.1 | rateLimit.nearLimitRatio: expected a number from 0 to 1",
        "outage: ignore | rateLimit.outage: expected one of error, open, closed, share",
        "perSecondRedis: embedded | rateLimit.perSecondRedis: expected the URL of a Redis",
        "responseHeaders: {limit: a b} | rateLimit.responseHeaders.limit: expected the name of a"
      })
  void aBadSetting_saysWhatWasExpected(String setting, String problem) {
    InvalidConfiguration invalid =
        catchThrowableOfType(
            InvalidConfiguration.class, () -> load("rateLimit: {" + setting + "}\n", Map.of()));

    assertThat(invalid).hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | h:1 | '' | false | redis://h:1",
        "SINGLE | h:1 | secret | true | rediss://secret@h:1",
        "single | h:1 | ann:p@ss/w | false | redis://ann:p%40ss%2Fw@h:1",
        "CLUSTER | h:1,i:2 | s | false | redis+cluster://s@h:1,i:2",
        "SENTINEL | main,h:1,i:2 | '' | true | rediss-sentinel://h:1,i:2#main",
        "SINGLE | redis://h:1/0 | x | true | redis://h:1/0"
      })
  void anAddressOfTheReference_isAUrl(
      String type, String addresses, String auth, boolean tls, String url) {
    assertThat(ReferenceRedis.url(type, addresses, auth, "", tls, false)).isEqualTo(url);
    assertThat(RedisAddress.parse(url)).isPresent();
  }

  private RateLimit load(String yaml, Map<String, String> environment)
      throws InvalidConfiguration, IOException {
    Files.writeString(folder.resolve("sambastack.yaml"), "serviceTiers: {free: [{models: [m]}]}\n");
    Path file = folder.resolve("sluice.yaml");
    Files.writeString(file, "sambastack: sambastack.yaml\n" + yaml);
    return Configuration.load(file, environment).settings().rateLimit();
  }
}
