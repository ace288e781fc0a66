package dev.sluice.metrics;

import dev.sluice.metrics.StatsdMapping.Kind;
import dev.sluice.metrics.StatsdMapping.Mapped;
import io.prometheus.client.Collector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The statistics of descriptor limits under the names that a mapping file gives to those that they
 * have in StatsD. What adds up under one name and labels is added up.
 *
 * <p>Safe for use by many threads.
 */
final class MappedSeries extends Collector {
  private static final String RESPONSE_TIME = "ratelimit_server.ShouldRateLimit.response_time";

  private final RateLimitSeries series;
  private final Collector responseTime;
  private final StatsdMapping mapping;

  /** As many as there are series, and these are bounded. */
  private final Map<String, Optional<Mapped>> known = new ConcurrentHashMap<>();

  /**
   * @param responseTime the histogram that StatsD has as a timer
   */
  MappedSeries(RateLimitSeries series, Collector responseTime, StatsdMapping mapping) {
    this.series = series;
    this.responseTime = responseTime;
    this.mapping = mapping;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    List<MetricFamilySamples> all = new ArrayList<>(counters());
    mapping.map(RESPONSE_TIME, Kind.OBSERVER).ifPresent(target -> all.addAll(times(target)));
    all.addAll(series.unmapped());
    return all;
  }

  private List<MetricFamilySamples> counters() {
    Map<String, Map<Mapped, Long>> families = new TreeMap<>();
    series.counters(
        (name, count) ->
            known
                .computeIfAbsent(name, unknown -> mapping.map(unknown, Kind.COUNTER))
                .ifPresent(
                    target ->
                        families
                            .computeIfAbsent(target.name(), family -> new HashMap<>())
                            .merge(target, count, Long::sum)));
    List<MetricFamilySamples> all = new ArrayList<>();
    families.forEach((name, counts) -> all.add(family(name, counts)));
    return all;
  }

  private static MetricFamilySamples family(String name, Map<Mapped, Long> counts) {
    List<MetricFamilySamples.Sample> samples = new ArrayList<>();
    counts.forEach(
        (target, count) ->
            samples.add(
                new MetricFamilySamples.Sample(
                    name, target.labelNames(), target.labelValues(), count)));
    return new MetricFamilySamples(
        name, Type.UNKNOWN, "Counted under the name that the mapping file gives.", samples);
  }

  /** The histogram by another name; of its labels only the bounds of its buckets stay. */
  private List<MetricFamilySamples> times(Mapped target) {
    return responseTime.collect().stream()
        .map(
            family ->
                new MetricFamilySamples(
                    target.name(),
                    family.type,
                    family.help,
                    family.samples.stream()
                        .map(sample -> renamed(sample, family.name, target))
                        .toList()))
        .toList();
  }

  private static MetricFamilySamples.Sample renamed(
      MetricFamilySamples.Sample sample, String family, Mapped target) {
    List<String> names = new ArrayList<>(target.labelNames());
    List<String> values = new ArrayList<>(target.labelValues());
    int bound = sample.labelNames.indexOf("le");
    if (bound >= 0) {
      names.add("le");
      values.add(sample.labelValues.get(bound));
    }
    String suffix = sample.name.substring(family.length());
    return new MetricFamilySamples.Sample(target.name() + suffix, names, values, sample.value);
  }
}
