package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.Limit;
import dev.sluice.policy.Rate;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many requests run at once, on every kind of Redis, in virtual time. */
final class RunningTest {
  private static final long START = 1_800_000_000_000L;
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Settlement RAN =
      new Settlement(Settlement.Ending.COMPLETED, Optional.empty());

  private final String organization = "org-" + UUID.randomUUID().toString().substring(0, 8);

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_asManyRunAsMay_isRefusedUntilOneIsSettled(Store store) {
    RedisCounters counters = counters(store, START);
    assertThat(used(admit(counters, "h1", running(2)))).containsExactly(1L);
    assertThat(used(admit(counters, "h2", running(2)))).containsExactly(2L);

    EvaluatedLimit full = exceeded(admit(counters, "h3", running(2))).get(0);
    assertThat(full.used()).isEqualTo(2);
    assertThat(full.exhausted()).isTrue();
    assertThat(full.retryAfter()).contains(Duration.ofSeconds(1));

    join(counters.settle(hold("h1", running(2)), RAN));
    assertThat(used(admit(counters, "h4", running(2)))).containsExactly(2L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_limitZero_isRefusedForEver(Store store) {
    RedisCounters counters = counters(store, START);

    EvaluatedLimit limit = exceeded(admit(counters, "h1", running(0))).get(0);

    assertThat(limit.retryAfter()).isEmpty();
    assertThat(limit.used()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void cancel_running_freesItsPlaceOnce(Store store) {
    RedisCounters counters = counters(store, START);
    Hold hold = hold("h1", rate(9), running(1));
    join(counters.admit(hold, 0));

    assertThat(join(counters.cancel(hold))).isTrue();
    assertThat(join(counters.cancel(hold))).isFalse();

    assertThat(used(admit(counters, "h2", rate(9), running(1)))).containsExactly(1L, 1L);
    assertThat(join(counters.cancel(hold))).isFalse();
    assertThat(admit(counters, "h3", running(1))).isInstanceOf(Outcome.Exceeded.class);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void cancel_beforeItsAdmit_letsNothingRun(Store store) {
    RedisCounters counters = counters(store, START);
    Hold late = hold("h1", running(1));

    join(counters.cancel(late));

    assertThat(join(counters.admit(late, 0))).isEqualTo(new Outcome.Cancelled());
    assertThat(used(admit(counters, "h2", running(1)))).containsExactly(1L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_repeated_runsOnceAlsoAfterItsEnd(Store store) {
    RedisCounters counters = counters(store, START);
    Hold hold = hold("h1", running(1));
    for (int i = 0; i < 3; i++) {
      assertThat(used(join(counters.admit(hold, 0)))).containsExactly(1L);
    }
    join(counters.settle(hold, RAN));

    assertThat(used(join(counters.admit(hold, 0)))).containsExactly(0L);
    assertThat(used(admit(counters, "h2", running(1)))).containsExactly(1L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_withoutRoomInOneOfThem_takesOfNone(Store store) {
    RedisCounters counters = counters(store, START);
    ScopedLimit wide = limit(Scope.Level.ORGANIZATION, new Concurrency(9));
    join(counters.admit(hold("h1", rate(2), running(1), wide), 0));

    assertThat(exceeded(admit(counters, "h2", rate(2), running(1), wide)))
        .extracting(EvaluatedLimit::used, EvaluatedLimit::exhausted)
        .containsExactly(tuple(1L, false), tuple(1L, true), tuple(1L, false));
    join(counters.settle(hold("h1", rate(2), running(1), wide), RAN));
    join(counters.admit(hold("h3", rate(2), running(1), wide), 0));
    join(counters.settle(hold("h3", rate(2), running(1), wide), RAN));

    assertThat(exceeded(admit(counters, "h4", rate(2), running(1), wide)))
        .extracting(EvaluatedLimit::used)
        .containsExactly(2L, 0L, 0L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void hold_notRenewed_runsForOneLease(Store store) {
    RedisCounters counters = counters(store, START);
    Hold dead = hold("h1", running(1));
    join(counters.admit(dead, 0));

    at(store, START + LEASE.toMillis() - 1);
    assertThat(admit(counters, "h2", running(1))).isInstanceOf(Outcome.Exceeded.class);
    at(store, START + LEASE.toMillis());
    assertThat(used(admit(counters, "h3", running(1)))).containsExactly(1L);

    // Whoever comes back from the dead does not push the other one out, nor runs beside it.
    join(counters.renew(dead));
    assertThat(used(join(counters.evaluate(organization, List.of(running(1))))))
        .containsExactly(1L);
    join(counters.settle(dead, RAN));
    assertThat(used(join(counters.evaluate(organization, List.of(running(1))))))
        .containsExactly(1L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void renew_running_prolongsByALease(Store store) {
    RedisCounters counters = counters(store, START);
    Hold hold = hold("h1", running(1));
    join(counters.admit(hold, 0));

    at(store, START + 40_000);
    assertThat(join(counters.renew(hold))).isTrue();

    at(store, START + 40_000 + LEASE.toMillis() - 1);
    assertThat(admit(counters, "h2", running(1))).isInstanceOf(Outcome.Exceeded.class);
    at(store, START + 40_000 + LEASE.toMillis());
    assertThat(admit(counters, "h3", running(1))).isInstanceOf(Outcome.Held.class);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void clockGoesBack_limitIsFullForALeaseAndNoLonger(Store store) {
    RedisCounters counters = counters(store, START);
    join(counters.admit(hold("h1", running(1)), 0));
    long back = START - Duration.ofDays(3).toMillis();

    at(store, back);
    assertThat(admit(counters, "h2", running(1))).isInstanceOf(Outcome.Exceeded.class);
    at(store, back + LEASE.toMillis() - 1);
    assertThat(admit(counters, "h3", running(1))).isInstanceOf(Outcome.Exceeded.class);
    at(store, back + LEASE.toMillis());
    assertThat(admit(counters, "h4", running(1))).isInstanceOf(Outcome.Held.class);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void manyDiedAtOnce_allTheirPlacesAreFreeAtOnce(Store store) {
    RedisCounters counters = counters(store, START);
    for (int i = 0; i < 250; i++) {
      join(counters.admit(hold("dead" + i, running(250)), 0));
    }

    at(store, START + LEASE.toMillis());

    assertThat(used(admit(counters, "h1", running(1)))).containsExactly(1L);
    join(counters.settle(hold("h1", running(1)), RAN));
    assertThat(used(admit(counters, "h2", running(1)))).containsExactly(1L);
    // They are cleared away call by call, so that no call is long.
    assertThat(store.commands().zcard(key())).isEqualTo(51);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void attempts_ofOneRequest_runEachByItself(Store store) {
    RedisCounters counters = counters(store, START);
    Hold first = attempt("a1", rate(1), running(2));
    Hold second = attempt("a2", rate(1), running(2));
    Hold third = attempt("a3", rate(1), running(2));

    assertThat(used(join(counters.admit(first, 0)))).containsExactly(1L, 1L);
    assertThat(used(join(counters.admit(second, 0)))).containsExactly(1L, 2L);
    assertThat(exceeded(join(counters.admit(third, 0))))
        .extracting(EvaluatedLimit::exhausted)
        .containsExactly(false, true);
    join(counters.settle(first, RAN));
    assertThat(used(join(counters.admit(attempt("a4", rate(1), running(2)), 0))))
        .containsExactly(1L, 2L);
    assertThat(join(counters.renew(second))).isTrue();
    assertThat(join(counters.cancel(second))).isTrue();
    assertThat(used(join(counters.evaluate(organization, List.of(rate(1), running(2))))))
        .containsExactly(1L, 1L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void keys_ofWhatRuns_haveATimeToLive(Store store) {
    RedisCounters counters = counters(store, START);
    join(counters.admit(hold("h1", running(1)), 0));

    assertThat(store.commands().pttl(key())).isBetween(1L, LEASE.toMillis() + 1_000);
    assertThat(store.commands().zrange(key(), 0, -1))
        .containsExactly(new Keys(organization).hold("h1"));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void evaluate_anyLimits_countsAndWritesNothing(Store store) {
    RedisCounters counters = counters(store, START);
    ScopedLimit unused = limit(Scope.Level.PROJECT, new Rate(7, Duration.ofHours(1)));
    List<ScopedLimit> limits = List.of(running(3), unused, rate(5));
    join(counters.admit(hold("h1", rate(5), running(3)), 0));
    at(store, START + 10_000);

    for (int i = 0; i < 3; i++) {
      List<EvaluatedLimit> evaluated = join(counters.evaluate(organization, limits));
      assertThat(evaluated).extracting(EvaluatedLimit::limit).isEqualTo(limits);
      assertThat(evaluated)
          .extracting(EvaluatedLimit::used, EvaluatedLimit::remaining)
          .containsExactly(tuple(1L, 2L), tuple(0L, 7L), tuple(1L, 4L));
      assertThat(evaluated.get(1).reset()).isZero();
      assertThat(evaluated.get(2).reset())
          .isBetween(Duration.ofSeconds(49), Duration.ofSeconds(51));
    }
    assertThat(store.commands().exists(new Keys(organization).rate(unused.scope()))).isZero();
    assertThat(join(counters.evaluate(organization, List.of()))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void windows_ofOthersInTheSameScope_areKeptBesideManyThatAreAskedFor(Store store) {
    RedisCounters counters = counters(store, START);
    join(counters.admit(hold("h1", rate(1)), 0));
    ScopedLimit[] twenty = new ScopedLimit[20];
    for (int i = 0; i < 20; i++) {
      twenty[i] = limit(Scope.Level.KEY, new Rate(9, Duration.ofSeconds(100 + i)));
    }

    join(counters.admit(hold("h2", twenty), 0));

    assertThat(admit(counters, "h3", rate(1))).isInstanceOf(Outcome.Exceeded.class);
  }

  private RedisCounters counters(Store store, long time) {
    at(store, time);
    return new RedisCounters(store.connections(), new VirtualClock(store, organization)::load);
  }

  private void at(Store store, long time) {
    new VirtualClock(store, organization).set(time);
  }

  private Outcome admit(RedisCounters counters, String id, ScopedLimit... limits) {
    return join(counters.admit(hold(id, limits), 0));
  }

  private Hold hold(String id, ScopedLimit... limits) {
    return new Hold(id, Optional.empty(), organization, List.of(limits), LEASE);
  }

  private Hold attempt(String id, ScopedLimit... limits) {
    return new Hold(id, Optional.of("r1:m"), organization, List.of(limits), LEASE);
  }

  private String key() {
    return new Keys(organization).running(running(1).scope());
  }

  private static ScopedLimit running(long most) {
    return limit(Scope.Level.KEY, new Concurrency(most));
  }

  private static ScopedLimit rate(long allowed) {
    return limit(Scope.Level.KEY, new Rate(allowed, Duration.ofMinutes(1)));
  }

  private static ScopedLimit limit(Scope.Level level, Limit limit) {
    return new ScopedLimit(new Scope(level, "one", Optional.of("model:{x}")), limit);
  }

  private static List<Long> used(Outcome outcome) {
    return used(((Outcome.Held) outcome).limits());
  }

  private static List<Long> used(List<EvaluatedLimit> limits) {
    return limits.stream().map(EvaluatedLimit::used).toList();
  }

  private static List<EvaluatedLimit> exceeded(Outcome outcome) {
    return ((Outcome.Exceeded) outcome).limits();
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
