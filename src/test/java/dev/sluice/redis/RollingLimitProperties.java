package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ratelimit.Algorithm;
import dev.sluice.ratelimit.Counts;
import dev.sluice.ratelimit.Limit;
import dev.sluice.ratelimit.RateLimitCounters.Hits;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;

/** Rolling limits of descriptors against a log of everything that counted, in virtual time. */
final class RollingLimitProperties {
  private static final long START = 1_800_000_000_000L;

  /** Some requests at one time, after so many milliseconds: the hits of each; 0 only looks. */
  private record Step(long millis, List<Long> hits) {}

  private record Entry(long time, long hits) {}

  @Property(tries = 100, shrinking = ShrinkingMode.BOUNDED)
  void count_admitsNeverMoreThanTheLimitInAnyPeriod_neverStricterThanASubWindow(
      @ForAll Store store,
      @ForAll @LongRange(min = 0, max = 12) long requests,
      @ForAll("seconds") int seconds,
      @ForAll("steps") List<Step> steps) {
    Log log = new Log(store, new Limit(requests, seconds, Algorithm.ROLLING, ""));
    for (Step step : steps) {
      log.take(step);
    }
  }

  @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
  void count_overTheLimit_saysWhenTheHitsWouldPass(
      @ForAll Store store,
      @ForAll @LongRange(min = 1, max = 12) long requests,
      @ForAll("seconds") int seconds,
      @ForAll("steps") List<Step> steps) {
    Log log = new Log(store, new Limit(requests, seconds, Algorithm.ROLLING, ""));
    for (Step step : steps) {
      log.take(step);
    }
    log.take(new Step(0, List.of(1L)));
    while (log.value <= requests) {
      log.take(new Step(0, List.of(1L)));
    }
    long wait = log.millisUntilReset;

    log.take(new Step(wait - 1, List.of(0L)));
    assertThat(log.value).isGreaterThan(requests);
    log.take(new Step(1, List.of(1L)));
    assertThat(log.value).isLessThanOrEqualTo(requests);
  }

  @Provide
  Arbitrary<Integer> seconds() {
    return Arbitraries.of(1, 7, 60, 90, 3_600);
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Long> millis =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 20),
            Arbitraries.longs().between(0, 3_000),
            Arbitraries.longs().between(0, 60_000),
            Arbitraries.of(1_000L, 1_016L, 60_000L, 60_937L, 60_938L));
    Arbitrary<List<Long>> hits = Arbitraries.of(0L, 1L, 1L, 1L, 2L, 5L).list().ofMaxSize(6);
    return Combinators.combine(millis, hits.filter(list -> !list.isEmpty()))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  /** One history of a limit. */
  private static final class Log {
    private final String name = "p-" + UUID.randomUUID().toString().substring(0, 13);
    private final Limit limit;
    private final VirtualClock clock;
    private final RedisRateLimitCounters counters;
    private final List<Entry> counted = new ArrayList<>();
    private final List<Entry> admitted = new ArrayList<>();
    private long time;
    private long value;
    private long millisUntilReset;

    private Log(Store store, Limit limit) {
      this.limit = limit;
      this.clock = new VirtualClock(store, name);
      this.counters = new RedisRateLimitCounters(store.connections(), 0, clock.load("rolling"));
    }

    private void take(Step step) {
      time += step.millis();
      clock.set(START + time);
      // The clock's hash and the window are in one slot.
      String key = "{" + name + "}_k_v_rolling_" + limit.seconds();
      List<Hits> all = step.hits().stream().map(hits -> new Hits(key, hits, limit)).toList();
      Counts counts = counters.count(all).toCompletableFuture().join();
      for (int i = 0; i < all.size(); i++) {
        value = counts.value(i);
        millisUntilReset = counts.millisUntilReset(i);
        check(all.get(i).hits());
      }
    }

    private void check(long hits) {
      long asked = Math.max(1, hits);
      boolean over = value > limit.requests();
      long period = limit.seconds() * 1_000L;
      if (over) {
        assertThat(since(counted, period * 65 / 64 + 1) + asked).isGreaterThan(limit.requests());
      } else {
        assertThat(since(counted, period) + asked).isLessThanOrEqualTo(limit.requests());
        admitted.add(new Entry(time, hits));
        assertThat(since(admitted, period)).isLessThanOrEqualTo(limit.requests());
      }
      boolean counts = !over || value - hits < limit.requests();
      if (counts && hits > 0) {
        counted.add(new Entry(time, hits));
      }
    }

    private long since(List<Entry> entries, long millis) {
      return entries.stream()
          .filter(entry -> entry.time() > time - millis)
          .mapToLong(Entry::hits)
          .sum();
    }
  }
}
