package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.policy.OutagePolicy.Fallback;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What a replica admits without the store, at random times and with random cancels. */
final class OutageCountersProperties {
  private static final Scope USER = new Scope(Scope.Level.USER, "u", Optional.empty());

  private long now = TimeUnit.DAYS.toNanos(1);

  @Property(tries = 200)
  void rate_inAnyPeriod_isNeverMoreThanTheShare(
      @ForAll @IntRange(min = 1, max = 50) int allowed,
      @ForAll @IntRange(min = 1, max = 5) int replicas,
      @ForAll @IntRange(min = 1_000, max = 90_000) int period,
      @ForAll long seed) {
    OutagePolicy policy = new OutagePolicy(Duration.ofDays(1), Fallback.SHARE, Fallback.SHARE);
    Outage outage = new Outage(policy, () -> replicas, new ToldMetrics(), () -> now);
    OutageCounters counters =
        new OutageCounters(new AwayStore(), policy, () -> replicas, outage, () -> now);
    ScopedLimit limit = new ScopedLimit(USER, new Rate(allowed, Duration.ofMillis(period)));
    Random random = new Random(seed);
    Deque<Long> admitted = new ArrayDeque<>();
    for (int i = 0; i < 400; i++) {
      now += TimeUnit.MILLISECONDS.toNanos(random.nextInt(period / 10));
      Hold hold =
          new Hold("h" + i, Optional.empty(), "acme", List.of(limit), Duration.ofMinutes(1));
      if (counters.withoutStore().admit(hold, 1).toCompletableFuture().join()
          instanceof Outcome.Held) {
        admitted.add(millis());
        if (random.nextInt(4) == 0) {
          counters.cancel(hold);
          admitted.removeLast();
        }
      }
      admitted.removeIf(at -> at <= millis() - period);
      assertThat(admitted.size()).isLessThanOrEqualTo(allowed / replicas);
    }
  }

  private long millis() {
    return TimeUnit.NANOSECONDS.toMillis(now);
  }
}
