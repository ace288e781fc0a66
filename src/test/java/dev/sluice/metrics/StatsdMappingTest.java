package dev.sluice.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.sluice.metrics.StatsdMapping.Action;
import dev.sluice.metrics.StatsdMapping.Glob;
import dev.sluice.metrics.StatsdMapping.Kind;
import dev.sluice.metrics.StatsdMapping.Mapped;
import dev.sluice.metrics.StatsdMapping.Match;
import dev.sluice.metrics.StatsdMapping.Regex;
import dev.sluice.metrics.StatsdMapping.Rule;
import io.prometheus.client.CollectorRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatsdMappingTest {
  private static Rule rule(Match match, String name, String... labels) {
    Map<String, String> all = labels.length == 0 ? Map.of() : Map.of(labels[0], labels[1]);
    return new Rule(match, Optional.empty(), new Action.Name(name, all));
  }

  private static Optional<String> map(StatsdMapping mapping, String name) {
    return mapping
        .map(name, Kind.COUNTER)
        .map(mapped -> mapped.name() + (mapped.labels().isEmpty() ? "" : mapped.labels()));
  }

  @ParameterizedTest
  @CsvSource({
    "a.*.b,   a.x.b,     found{part=x}",
    "a.*.b,   a.x-y_z.b, found{part=x-y_z}",
    "a.*.b,   a..b,      found{part=}",
    "a.*.b,   a.x.y.b,   a_x_y_b",
    "a.*.b,   a.x.bc,    a_x_bc",
    "a.*.b,   xa.x.b,    xa_x_b",
    "a.*,     a.x,       found{part=x}",
    "'*.b',   x.b,       found{part=x}",
    "a.b,     a.b,       found{part=}",
    "a.b,     9.b,       _9_b",
  })
  void map_glob_isOfWholeParts(String glob, String name, String expected) {
    StatsdMapping mapping = new StatsdMapping(List.of(rule(Glob.of(glob), "found", "part", "$1")));

    assertThat(map(mapping, name)).contains(expected);
  }

  @Test
  void map_globs_goBeforeExpressions_andTheFirstOfEachDecides() {
    StatsdMapping mapping =
        new StatsdMapping(
            List.of(
                rule(new Regex(Pattern.compile("a")), "expression"),
                rule(new Regex(Pattern.compile("ab")), "never"),
                rule(Glob.of("a.*"), "first"),
                rule(Glob.of("a.b"), "second")));

    assertThat(map(mapping, "a.b")).contains("first");
    assertThat(map(mapping, "xab")).contains("expression");
  }

  @Test
  void map_references_areFilledInNamesAndLabels() {
    StatsdMapping mapping =
        new StatsdMapping(
            List.of(
                rule(
                    new Regex(Pattern.compile("^(a)\\.([^.]*)(\\..*)?$")),
                    "${1}_of_$2",
                    "rest",
                    "<$3$4>")));

    assertThat(map(mapping, "a.b.c.d")).contains("a_of_b{rest=<.c.d>}");
    assertThat(map(mapping, "a.b-c")).contains("a_of_b_c{rest=<>}");
  }

  @Test
  void map_ofAnotherKindOrDropped_isNotThere() {
    Rule timer =
        new Rule(Glob.of("a"), Optional.of(Kind.OBSERVER), new Action.Name("timer", Map.of()));
    Rule drop = new Rule(new Regex(Pattern.compile(".")), Optional.empty(), new Action.Drop());
    StatsdMapping mapping = new StatsdMapping(List.of(timer, drop));

    assertThat(mapping.map("a", Kind.OBSERVER).map(Mapped::name)).contains("timer");
    assertThat(mapping.map("a", Kind.COUNTER)).isEmpty();
  }

  @Test
  void mapRateLimits_statisticsHaveTheNamesOfTheFile_andAddUp() {
    Metrics metrics = new Metrics();
    metrics
        .rateLimit()
        .of("edge", List.of("a", "b"), List.of("a", "b"))
        .add(RateLimitSeries.Kind.TOTAL_HITS, 2);
    metrics
        .rateLimit()
        .of("edge", List.of("a", "c"), List.of("a", "c"))
        .add(RateLimitSeries.Kind.TOTAL_HITS, 3);
    metrics.rateLimitAnswered(1_000_000);
    metrics.mapRateLimits(
        new StatsdMapping(
            List.of(
                rule(Glob.of("ratelimit.service.rate_limit.*.*.*.total_hits"), "hits", "in", "$1"),
                rule(Glob.of("ratelimit_server.*.response_time"), "took", "method", "$1"),
                new Rule(
                    new Regex(Pattern.compile("over_limit|within|near|shadow")),
                    Optional.empty(),
                    new Action.Drop()))));
    CollectorRegistry registry = metrics.registry();

    assertThat(registry.getSampleValue("hits", new String[] {"in"}, new String[] {"edge"}))
        .isEqualTo(5);
    assertThat(
            registry.getSampleValue(
                "took_count", new String[] {"method"}, new String[] {"ShouldRateLimit"}))
        .isEqualTo(1);
    assertThat(
            registry.getSampleValue(
                "took_bucket",
                new String[] {"method", "le"},
                new String[] {"ShouldRateLimit", "0.005"}))
        .isEqualTo(1);
    assertThat(registry.getSampleValue("ratelimit_service_config_load_success")).isEqualTo(0);
    assertThat(
            registry.getSampleValue(
                "ratelimit_service_rate_limit_total_hits",
                new String[] {"domain", "key1", "key2"},
                new String[] {"edge", "a", "b"}))
        .isNull();
  }
}
