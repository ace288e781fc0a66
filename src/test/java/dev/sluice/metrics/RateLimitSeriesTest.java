package dev.sluice.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.metrics.RateLimitSeries.Kind;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RateLimitSeriesTest {
  private static final List<String> RULE = List.of("k");

  private final RateLimitSeries series = new RateLimitSeries();

  @Test
  void aRule_isNamedByItsTwoOutermostKeys() {
    series.of("d", List.of("a", "b", "c"), List.of("a", "b", "c")).add(Kind.TOTAL_HITS, 2);
    series.of("d", List.of("a", "b"), List.of("a", "b")).add(Kind.TOTAL_HITS, 1);
    series.of("d", List.of("a"), List.of("a")).add(Kind.TOTAL_HITS, 5);

    assertThat(totals())
        .extracting(sample -> sample.labelValues + " " + sample.value)
        .containsExactlyInAnyOrder("[d, a, b] 3.0", "[d, a, ] 5.0");
  }

  @Test
  void namesOfTheReference_haveNoSuffix() {
    series.of("d", RULE, RULE).add(Kind.NEAR_LIMIT, 1);
    series.failed("redis_error");

    assertThat(series.collect())
        .flatExtracting(family -> family.samples)
        .extracting(sample -> sample.name)
        .contains(
            "ratelimit_service_rate_limit_near_limit",
            "ratelimit_service_should_rate_limit_error",
            "ratelimit_service_total_requests");
  }

  @Test
  void valuesOfRequests_areBounded_theRestCountsWithTheRule() {
    for (int i = 0; i < 10_500; i++) {
      series.of("d", List.of("k_" + i), RULE).add(Kind.TOTAL_HITS, 1);
    }

    assertThat(totals()).hasSize(10_001);
    assertThat(totals())
        .filteredOn(sample -> sample.labelValues.get(1).equals("k"))
        .extracting(sample -> sample.value)
        .containsExactly(500.0);
  }

  @Test
  void whatDottedNamesCannotHold_isReplaced_andCountsTogetherWhereItComesToTheSame() {
    RateLimitSeries series = new RateLimitSeries();
    for (String value : List.of("a:b", "a|b", "10.0.0.1", "10_0_0_1", "1.2")) {
      List<String> path = List.of("k_" + value);
      series.of("d", path, path).add(RateLimitSeries.Kind.TOTAL_HITS, 1);
    }
    Map<String, Long> counters = new HashMap<>();
    series.counters((name, count) -> counters.merge(name, count, Long::sum));

    assertThat(counters)
        .containsEntry("ratelimit.service.rate_limit.d.k_a_b.total_hits", 2L)
        .containsEntry("ratelimit.service.rate_limit.d.k_10_0_0_1.total_hits", 2L)
        .containsEntry("ratelimit.service.rate_limit.d.k_1.2.total_hits", 1L);
  }

  @Test
  void aLongValue_isCut() {
    series.of("d", List.of("k_" + "x".repeat(5_000)), RULE).add(Kind.TOTAL_HITS, 1);

    assertThat(totals().get(0).labelValues.get(1)).hasSize(200);
  }

  private List<Sample> totals() {
    return series.collect().get(0).samples;
  }
}
