package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock of Redis jumps by an hour, as behind a failover to a host with another time. */
final class ClockJumpTest {
  private static final long START = 1_800_000_000_000L;
  private static final long HOUR = Duration.ofHours(1).toMillis();

  private final String organization = "org-" + UUID.randomUUID().toString().substring(0, 8);
  private final VirtualClock clock = new VirtualClock(Store.STANDALONE, organization);
  private final RedisCounters counters =
      new RedisCounters(Store.STANDALONE.connections(), clock::load);

  /** In seconds. */
  @ParameterizedTest
  @ValueSource(ints = {1, 60, 3_600, 7_200, 86_400})
  void anHourBack_usedUpLimit_isFreeAfterItsPeriodAndNotBefore(int period) {
    clock.set(START);
    assertThat(admitted("h1", period)).isTrue();
    long back = START - HOUR;

    clock.set(back);
    assertThat(admitted("h2", period)).isFalse();
    clock.set(back + period * 1_000L - 1);
    assertThat(admitted("h3", period)).isFalse();
    // A window that stands still until the clock has caught up does so for a period at most.
    clock.set(back + 2 * atMost(period));
    assertThat(admitted("h4", period)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 60, 3_600, 7_200, 86_400})
  void anHourAheadAndBackAgain_usedUpLimit_isFreeAfterItsPeriodAndNotBefore(int period) {
    clock.set(START + HOUR);
    assertThat(admitted("h1", period)).isTrue();

    clock.set(START);
    assertThat(admitted("h2", period)).isFalse();
    clock.set(START + period * 1_000L - 1);
    assertThat(admitted("h3", period)).isFalse();
    clock.set(START + 2 * atMost(period));
    assertThat(admitted("h4", period)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {7_200, 86_400})
  void anHourAhead_limitOfALongerPeriod_isStillUsedUp(int period) {
    clock.set(START);
    assertThat(admitted("h1", period)).isTrue();

    clock.set(START + HOUR);
    assertThat(admitted("h2", period)).isFalse();
    clock.set(START + period * 1_000L - 1);
    assertThat(admitted("h3", period)).isFalse();
    clock.set(START + atMost(period));
    assertThat(admitted("h4", period)).isTrue();
  }

  /**
   * Redis forgets by the same clock, so nobody could tell. It happens once: what is counted behind
   * the jump counts for its whole period.
   */
  @Test
  void anHourAhead_limitOfAShorterPeriod_isFreeOnceAndThenHoldsForItsPeriod() {
    clock.set(START);
    assertThat(admitted("h1", 60)).isTrue();

    clock.set(START + HOUR);
    assertThat(admitted("h2", 60)).isTrue();
    assertThat(admitted("h3", 60)).isFalse();
    clock.set(START + HOUR + 60_000 - 1);
    assertThat(admitted("h4", 60)).isFalse();
  }

  /** A request that is taken back behind a jump frees its place, and no other. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void takenBackBehindAJump_freesItsPlaceOnly(int hours) {
    clock.set(START);
    assertThat(admitted("h1", 7_200)).isTrue();

    clock.set(START + hours * HOUR);
    counters.cancel(hold("h1", 7_200)).toCompletableFuture().join();

    assertThat(admitted("h2", 7_200)).isTrue();
    assertThat(admitted("h3", 7_200)).isFalse();
  }

  /** Until what was counted is surely gone: a sub-window more than the period. */
  private static long atMost(int period) {
    return period * 1_000L * 65 / 64 + 1;
  }

  private boolean admitted(String id, int period) {
    return counters.admit(hold(id, period), 0).toCompletableFuture().join() instanceof Outcome.Held;
  }

  private Hold hold(String id, int period) {
    ScopedLimit once =
        new ScopedLimit(
            new Scope(Scope.Level.USER, "ada", Optional.of("m")),
            new Rate(1, Duration.ofSeconds(period)));
    return new Hold(id, Optional.empty(), organization, List.of(once), Duration.ofMinutes(1));
  }
}
