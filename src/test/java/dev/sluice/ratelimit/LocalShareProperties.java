package dev.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ratelimit.RateLimitCounters.Hits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** A replica's own counting against a log of what it admitted, in virtual time. */
final class LocalShareProperties {
  private final AtomicLong nanos = new AtomicLong(77);

  private record Admitted(long millis, long hits) {}

  @Property
  void rolling_admitsNeverMoreThanItsShareInAnyPeriod(
      @ForAll @LongRange(min = 0, max = 30) long limit,
      @ForAll @IntRange(min = 1, max = 4) int replicas,
      @ForAll @IntRange(min = 1, max = 3) int seconds,
      @ForAll @Size(max = 60) List<@LongRange(min = 0, max = 900) Long> pauses,
      @ForAll @Size(value = 60) List<@LongRange(min = 0, max = 3) Long> hits) {
    LocalShare share = new LocalShare(() -> replicas, nanos::get);
    Limit rolling = new Limit(limit, seconds, Algorithm.ROLLING, "");
    List<Admitted> log = new ArrayList<>();
    long millis = 0;
    for (int i = 0; i < pauses.size(); i++) {
      millis += pauses.get(i);
      nanos.addAndGet(pauses.get(i) * 1_000_000);
      if (share.count(List.of(new Hits("k", hits.get(i), rolling))).value(0) <= limit) {
        log.add(new Admitted(millis, hits.get(i)));
      }
      long since = millis - seconds * 1000L;
      assertThat(log.stream().filter(one -> one.millis > since).mapToLong(Admitted::hits).sum())
          .isLessThanOrEqualTo(limit / replicas);
    }
  }

  @Property
  void rolling_afterAPeriodAndASubwindow_admitsAgain(
      @ForAll @LongRange(min = 1, max = 5) long limit,
      @ForAll @IntRange(min = 1, max = 100) int seconds) {
    LocalShare share = new LocalShare(() -> 1, nanos::get);
    Limit rolling = new Limit(limit, seconds, Algorithm.ROLLING, "");
    List<Hits> one = List.of(new Hits("k", 1, rolling));
    for (int i = 0; i < limit; i++) {
      assertThat(share.count(one).value(0)).isLessThanOrEqualTo(limit);
    }
    assertThat(share.count(one).value(0)).isGreaterThan(limit);
    assertThat(share.count(List.of(one.get(0).onlyLooking())).value(0)).isGreaterThan(limit);

    nanos.addAndGet((seconds * 1000L * 65 / 64 + 130) * 1_000_000);

    assertThat(share.count(one).value(0)).isEqualTo(1);
  }
}
