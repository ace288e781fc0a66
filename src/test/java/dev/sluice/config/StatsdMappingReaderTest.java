package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.RateLimitServerConfig.Statistics;
import dev.sluice.metrics.StatsdMapping;
import dev.sluice.metrics.StatsdMapping.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that {@code PROMETHEUS_MAPPER_YAML} names. */
final class StatsdMappingReaderTest {
  private static RateLimitServerConfig read(Path file) throws InvalidConfiguration {
    Map<String, String> environment = new HashMap<>();
    environment.put("REDIS_URL", "redis.example:6379");
    environment.put("USE_STATSD", "false");
    environment.put("USE_PROMETHEUS", "true");
    environment.put("PROMETHEUS_MAPPER_YAML", file.toString());
    return new RateLimitEnvironment(environment).read();
  }

  private static StatsdMapping mapping(Path folder, String yaml) throws Exception {
    RateLimitServerConfig settings = read(Files.writeString(folder.resolve("map.yaml"), yaml));
    assertThat(settings.warnings()).isEmpty();
    return ((Statistics.Prometheus) settings.statistics()).mapping().orElseThrow();
  }

  private static String map(StatsdMapping mapping, String name) {
    return mapping
        .map(name, Kind.COUNTER)
        .map(mapped -> mapped.name() + mapped.labels())
        .orElse("dropped");
  }

  @Test
  void fileOfEnvoyGateway_isRead(@TempDir Path folder) throws Exception {
    StatsdMapping mapping =
        mapping(
            folder,
            """
            mappings:
              - match: "ratelimit.service.rate_limit.*.*.over_limit"
                name: "ratelimit_service_rate_limit_over_limit"
                timer_type: "histogram"
                labels:
                  domain: "$1"
                  key1: "$2"
              - match: "ratelimit.service.call.should_rate_limit.*"
                name: "ratelimit_service_should_rate_limit_error"
                match_metric_type: counter
                labels:
                  err_type: "$1"
              - match: "."
                match_type: "regex"
                action: "drop"
                name: "dropped"
            """);

    assertThat(map(mapping, "ratelimit.service.rate_limit.edge.client_a.over_limit"))
        .isEqualTo("ratelimit_service_rate_limit_over_limit{domain=edge, key1=client_a}");
    assertThat(map(mapping, "ratelimit.service.call.should_rate_limit.redis_error"))
        .isEqualTo("ratelimit_service_should_rate_limit_error{err_type=redis_error}");
    assertThat(map(mapping, "ratelimit.service.global_shadow_mode")).isEqualTo("dropped");
  }

  @Test
  void defaults_ofTheFile_areTaken(@TempDir Path folder) throws Exception {
    StatsdMapping mapping =
        mapping(
            folder,
            """
            defaults: {match_type: regex, observer_type: histogram, buckets: [.1, 1]}
            mappings:
            - {match: '^a\\.(?P<word>\\w+)$', name: 'a_$1'}
            """);

    assertThat(map(mapping, "a.b")).isEqualTo("a_b{}");
  }

  @Test
  void fileThatIsNotThere_isNone_andSaidSo(@TempDir Path folder) throws Exception {
    RateLimitServerConfig settings = read(folder.resolve("no-such.yaml"));

    assertThat(((Statistics.Prometheus) settings.statistics()).mapping()).isEmpty();
    assertThat(settings.warnings())
        .singleElement()
        .hasToString(
            "environment: PROMETHEUS_MAPPER_YAML: "
                + folder.resolve("no-such.yaml")
                + " is not there: metrics have their usual names");
  }

  @Test
  void everythingWrong_isNamedByLine(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("map.yaml"),
            """
            mappings:
            - {match: 'a b', name: a}
            - {match: '(', match_type: regex, name: a}
            - {match: a, name: a-b}
            - {match: a}
            - {match: a, name: a, action: forget}
            - {match: a, name: a, match_metric_type: gouge}
            - {match: a, name: a, labels: {a-b: c}}
            """);

    InvalidConfiguration invalid =
        catchThrowableOfType(InvalidConfiguration.class, () -> read(file));

    assertThat(invalid)
        .hasMessageContainingAll(
            "map.yaml:2: mappings[0].match: expected a name such as a.*.b",
            "map.yaml:3: mappings[1].match: expected a regular expression, as Go has them",
            "map.yaml:4: mappings[2].name: expected letters, digits, _ and references such as $1",
            "map.yaml:5: mappings[3].name: missing",
            "map.yaml:6: mappings[4].action: expected map or drop",
            "map.yaml:7: mappings[5].match_metric_type: expected counter, gauge, observer or timer",
            "map.yaml:8: mappings[6].labels.a-b: a label has letters, digits and _ only");
  }
}
