package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What was admitted without Redis and is told to it afterwards; on every kind of Redis. */
final class AdoptTest {
  private static final Settlement COMPLETED =
      new Settlement(Settlement.Ending.COMPLETED, Optional.empty());
  private static final Rate HOURLY = new Rate(2, Duration.ofHours(1));
  private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);

  private final String organization = "org-" + UUID.randomUUID().toString().substring(0, 8);

  @ParameterizedTest
  @EnumSource(Store.class)
  void adopt_whateverTheLimit_isCountedAsOfThenAndOnce(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    for (int i = 0; i < 3; i++) {
      assertThat(adopt(counters, hold("h" + i, HOURLY), HALF_AN_HOUR)).isTrue();
      assertThat(adopt(counters, hold("h" + i, HOURLY), HALF_AN_HOUR)).isFalse();
    }

    EvaluatedLimit limit = evaluated(counters, HOURLY);

    assertThat(limit.used()).isEqualTo(3);
    // They leave half an hour from now, and not in an hour.
    assertThat(limit.reset()).isBetween(Duration.ofMinutes(29), Duration.ofMinutes(32));
    assertThat(join(counters.admit(hold("next", HOURLY), 0))).isInstanceOf(Outcome.Exceeded.class);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void adopt_betweenWhatIsCountedAlready_findsItsPlace(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Rate many = new Rate(100, Duration.ofHours(1));
    int id = 0;
    for (int minutes : new int[] {10, 40, 20, 50, 20, 0, 65, 30, 40, 64}) {
      assertThat(adopt(counters, hold("h" + id++, many), Duration.ofMinutes(minutes))).isTrue();
    }
    join(counters.admit(hold("now", many), 0));

    // One is older than the window.
    assertThat(evaluated(counters, many).used()).isBetween(9L, 10L);
    Hold middle = hold("middle", many);
    adopt(counters, middle, Duration.ofMinutes(25));
    long before = evaluated(counters, many).used();
    assertThat(join(counters.cancel(middle))).isTrue();
    assertThat(evaluated(counters, many).used()).isEqualTo(before - 1);
    for (int i = 0; i < id; i++) {
      join(counters.cancel(hold("h" + i, many)));
    }
    assertThat(evaluated(counters, many).used()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void adopt_stillRuns_runsInRedisUntilItsEnd(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Concurrency one = new Concurrency(1);
    Hold runs = hold("runs", HOURLY, one);
    adopt(counters, runs, Duration.ofSeconds(3));
    adopt(counters, hold("too", HOURLY, one), Duration.ofSeconds(3));

    assertThat(evaluated(counters, one).used()).isEqualTo(2);
    assertThat(join(counters.renew(runs))).isTrue();
    join(counters.settle(runs, COMPLETED));
    join(counters.cancel(hold("too", HOURLY, one)));
    assertThat(evaluated(counters, one).used()).isZero();
    assertThat(evaluated(counters, HOURLY).used()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void adopt_hasEnded_isCountedAndDoesNotRun(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Concurrency one = new Concurrency(1);
    Hold ended = hold("ended", HOURLY, one);

    assertThat(join(counters.adopt(ended, Duration.ofSeconds(3), Optional.of(COMPLETED)))).isTrue();

    assertThat(evaluated(counters, one).used()).isZero();
    assertThat(evaluated(counters, HOURLY).used()).isEqualTo(1);
    assertThat(join(counters.cancel(ended))).as("it cannot be taken back").isFalse();
    assertThat(store.commands().get(new Keys(organization).hold("ended")))
        .isEqualTo("settled completed");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void adopt_wasCancelledBefore_countsNothing(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    join(counters.cancel(hold("gone", HOURLY)));

    assertThat(adopt(counters, hold("gone", HOURLY), Duration.ZERO)).isFalse();
    assertThat(evaluated(counters, HOURLY).used()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void adopt_limitsInShadow_areLeftOut_andCancelGivesBackOfTheOthers(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Limit[] limits = {HOURLY.inShadow(), HOURLY, new Concurrency(9).inShadow(), new Concurrency(9)};
    join(counters.admit(hold("before", limits), 0));
    Hold runs = hold("runs", limits);

    adopt(counters, runs, Duration.ZERO);
    assertThat(Stream.of(limits).map(limit -> evaluated(counters, limit).used()))
        .containsExactly(1L, 2L, 1L, 2L);

    assertThat(join(counters.cancel(runs))).isTrue();
    assertThat(Stream.of(limits).map(limit -> evaluated(counters, limit).used()))
        .containsExactly(1L, 1L, 1L, 1L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void adopt_attemptsOfOneRequest_shareOneCharge(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold first = attempt("a1");
    Hold second = attempt("a2");
    Hold third = attempt("a3");
    join(counters.adopt(first, Duration.ofSeconds(1), Optional.of(COMPLETED)));
    adopt(counters, second, Duration.ofSeconds(1));
    join(counters.admit(third, 0));
    assertThat(evaluated(counters, HOURLY).used()).isEqualTo(1);

    join(counters.cancel(second));
    join(counters.cancel(third));

    assertThat(evaluated(counters, HOURLY).used()).as("the first one ran").isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void adopt_twoLimitsOfOneWindow_areCountedOnce(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Rate other = new Rate(1, HOURLY.period());

    adopt(counters, hold("h", HOURLY, other), Duration.ZERO);

    assertThat(evaluated(counters, HOURLY).used()).isEqualTo(1);
    join(counters.cancel(hold("h", HOURLY, other)));
    assertThat(evaluated(counters, HOURLY).used()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void adopt_againAfterItsLease_runsButIsNotCountedAgain(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Concurrency one = new Concurrency(1);
    Hold hold = hold("long", HOURLY, one);
    adopt(counters, hold, HALF_AN_HOUR);
    leaseIsOver(store, hold);

    assertThat(adopt(counters, hold, HALF_AN_HOUR)).isFalse();

    assertThat(evaluated(counters, HOURLY).used()).isEqualTo(1);
    assertThat(evaluated(counters, one).used()).isEqualTo(1);
    assertThat(join(counters.cancel(hold))).isTrue();
    assertThat(evaluated(counters, one).used()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"STANDALONE, false", "STANDALONE, true", "CLUSTER, false"})
  void resume_leaseIsOver_runsAgainAndItsWindowsStay(Store store, boolean attempt) {
    RedisCounters counters = new RedisCounters(store.connections());
    Concurrency one = new Concurrency(1);
    Optional<String> request = attempt ? Optional.of("r") : Optional.empty();
    Hold hold = hold("runs", request, HOURLY, one, one.inShadow());
    join(counters.admit(hold, 0));
    assertThat(join(counters.resume(hold))).as("it is held").isFalse();
    leaseIsOver(store, hold);
    assertThat(join(counters.renew(hold))).isFalse();

    assertThat(join(counters.resume(hold))).isTrue();

    assertThat(evaluated(counters, one).used()).isEqualTo(1);
    assertThat(evaluated(counters, HOURLY).used()).isEqualTo(1);
    assertThat(join(counters.renew(hold))).isTrue();
    assertThat(join(counters.settle(hold, COMPLETED))).isTrue();
    assertThat(evaluated(counters, one).used()).isZero();
    assertThat(join(counters.resume(hold))).as("it has ended").isFalse();
    assertThat(evaluated(counters, one).used()).isZero();
  }

  /** As Redis sees it when nobody has renewed a hold. */
  private void leaseIsOver(Store store, Hold hold) {
    Keys names = new Keys(organization);
    store.commands().del(names.hold(hold.id()));
    hold.limits().forEach(limit -> store.commands().del(names.running(limit.scope())));
  }

  private boolean adopt(RedisCounters counters, Hold hold, Duration age) {
    return join(counters.adopt(hold, age, Optional.empty()));
  }

  private EvaluatedLimit evaluated(RedisCounters counters, Limit limit) {
    return join(counters.evaluate(organization, List.of(scoped(limit)))).get(0);
  }

  private Hold attempt(String id) {
    return new Hold(
        id, Optional.of("request"), organization, List.of(scoped(HOURLY)), Duration.ofMinutes(1));
  }

  private Hold hold(String id, Limit... limits) {
    return hold(id, Optional.empty(), limits);
  }

  private Hold hold(String id, Optional<String> request, Limit... limits) {
    List<ScopedLimit> scoped = new ArrayList<>();
    for (Limit limit : limits) {
      scoped.add(scoped(limit));
    }
    return new Hold(id, request, organization, scoped, Duration.ofMinutes(1));
  }

  private static ScopedLimit scoped(Limit limit) {
    return new ScopedLimit(new Scope(Scope.Level.USER, "u", Optional.empty()), limit);
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
