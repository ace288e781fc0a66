package dev.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ratelimit.Descriptor.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** What is explained is what then happens. */
final class RateLimitExplainProperties {
  private static final RuleTree RULES =
      Yaml.rules(
          """
          domain: d
          descriptors:
          - key: a
            rate_limit: {unit: minute, requests_per_unit: 3}
          - key: b
            rate_limit: {unit: hour, requests_per_unit: 5, name: b}
          - key: c
            shadow_mode: true
            rate_limit: {unit: day, requests_per_unit: 2}
          - key: d
            quota_mode: true
            rate_limit: {unit: day, requests_per_unit: 4}
          - key: e
            rate_limit: {unlimited: true, replaces: [{name: b}]}
          """);

  private record Asking(int key, long hits) {}

  @Property
  void explain_anyQueryAfterAnyOthers_isTheVerdictThatFollows(
      @ForAll @Size(max = 12) List<@Size(min = 1, max = 4) List<@IntRange(max = 23) Integer>> asked,
      @ForAll @LongRange(max = 3) long hits,
      @ForAll boolean stopWhenOver,
      @ForAll boolean cached,
      @ForAll boolean shadow,
      @ForAll boolean quota) {
    CountersInMemory counters = new CountersInMemory();
    DescriptorLimits limits =
        new DescriptorLimits(
            () -> Optional.of(RULES),
            counters,
            cached ? Optional.of(new OverLimitCache(100_000, () -> 0)) : Optional.empty(),
            new LocalShare(() -> 1, () -> 0),
            new RateLimitOptions("", shadow, quota, 0.8f, stopWhenOver, OutageAnswer.ERROR),
            () -> Instant.ofEpochSecond(1_234),
            new Told());
    for (List<Integer> each : asked) {
      Query query = query(each, hits);
      Map<String, Long> before = counted(counters);

      ExplainedQuery explained = limits.explain().explain(query).toCompletableFuture().join();

      assertThat(counted(counters)).isEqualTo(before);
      assertThat(explained.verdict()).contains(limits.judge(query).toCompletableFuture().join());
    }
  }

  /** What only was looked at is none: Redis makes no key of it. */
  private static Map<String, Long> counted(CountersInMemory counters) {
    counters.values.values().removeIf(value -> value == 0);
    return Map.copyOf(counters.values);
  }

  /** A number is one of six keys and of four numbers of hits, the first being the request's. */
  private static Query query(List<Integer> numbers, long hits) {
    List<Descriptor> descriptors = new ArrayList<>();
    for (int number : numbers) {
      Asking one = new Asking(number / 4, number % 4);
      descriptors.add(
          new Descriptor(
              List.of(new Entry(String.valueOf((char) ('a' + one.key)), "v")),
              Optional.empty(),
              one.hits == 0 ? OptionalLong.empty() : OptionalLong.of(one.hits - 1)));
    }
    return new Query("d", descriptors, hits);
  }
}
