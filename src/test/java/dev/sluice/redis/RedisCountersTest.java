package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Rate;
import dev.sluice.usage.Settlement;
import dev.sluice.usage.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of a hold, on every kind of Redis. */
final class RedisCountersTest {
  private static final Settlement COMPLETED =
      new Settlement(Settlement.Ending.COMPLETED, Optional.of(new Usage(12, 34)));

  private final String organization = "org-" + UUID.randomUUID().toString().substring(0, 8);

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_firstOfThree_countsInEachWindow(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());

    Outcome outcome = join(counters.admit(hold("h1", user(3, 60), user(5, 3600)), 0));

    List<EvaluatedLimit> limits = ((Outcome.Held) outcome).limits();
    assertThat(limits).extracting(EvaluatedLimit::used).containsExactly(1L, 1L);
    assertThat(limits.get(0).limit()).isEqualTo(user(3, 60));
    assertThat(limits.get(0).retryAfter()).contains(Duration.ZERO);
    assertThat(limits.get(0).reset())
        .isBetween(Duration.ofSeconds(60), Duration.ofMillis(60_000 * 65 / 64));
    assertThat(limits.get(1).reset())
        .isBetween(Duration.ofHours(1), Duration.ofMillis(3_600_000 * 65 / 64));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_otherPartsOfAUser_areCountedApart(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    List<Scope.Part> parts =
        List.of(
            new Scope.Part.All(),
            new Scope.Part.OfModel("a:b"),
            new Scope.Part.OfTier("a:b"),
            new Scope.Part.OfTier("a"),
            new Scope.Part.OfBlock("a", "b"),
            new Scope.Part.OfBlock("a:b", "b"),
            new Scope.Part.OfBlock("a", "b:b"),
            new Scope.Part.OfBlock("a%3Ab", "b"));
    for (Scope.Part part : parts) {
      ScopedLimit limit = new ScopedLimit(new Scope(Scope.Level.USER, "u", part), rate(2, 60));

      assertThat(used(join(counters.admit(hold(part + "1", limit), 0)))).isEqualTo(1);
      assertThat(used(join(counters.admit(hold(part + "2", limit), 0)))).isEqualTo(2);
      assertThat(join(counters.admit(hold(part + "3", limit), 0)))
          .isInstanceOf(Outcome.Exceeded.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_overOneLimit_countsInNone(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    ScopedLimit wide = new ScopedLimit(scope(Scope.Level.ORGANIZATION), rate(100, 60));
    join(counters.admit(hold("h1", user(1, 60), wide), 0));

    Outcome refused = join(counters.admit(hold("h2", user(1, 60), wide), 0));

    List<EvaluatedLimit> limits = ((Outcome.Exceeded) refused).limits();
    assertThat(limits).extracting(EvaluatedLimit::used).containsExactly(1L, 1L);
    assertThat(limits.get(0).retryAfter().orElseThrow())
        .isBetween(Duration.ofSeconds(59), Duration.ofSeconds(61));
    assertThat(limits.get(1).retryAfter()).contains(Duration.ZERO);
    assertThat(store.commands().exists(names().hold("h2"))).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_limitsOfScopesMixed_answersInOrderOfHold(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    ScopedLimit key = new ScopedLimit(scope(Scope.Level.KEY), rate(7, 60));

    Outcome outcome = join(counters.admit(hold("h1", user(3, 60), key, user(5, 10)), 0));

    assertThat(((Outcome.Held) outcome).limits())
        .extracting(EvaluatedLimit::limit)
        .containsExactly(user(3, 60), key, user(5, 10));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_limitZero_refusesForEver(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());

    Outcome outcome = join(counters.admit(hold("h1", user(0, 60)), 0));

    EvaluatedLimit limit = ((Outcome.Exceeded) outcome).limits().get(0);
    assertThat(limit.retryAfter()).isEmpty();
    assertThat(limit.used()).isZero();
    assertThat(limit.reset()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_repeated_countsOnce(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold hold = hold("h1", user(1, 60));

    for (int i = 0; i < 3; i++) {
      assertThat(used(join(counters.admit(hold, 0)))).isEqualTo(1);
    }
    join(counters.settle(hold, COMPLETED));
    assertThat(used(join(counters.admit(hold, 0)))).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_otherVersion_isStaleAndCountsNothing(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    store.commands().set(names().version(), "7");

    assertThat(join(counters.admit(hold("h1", user(1, 60)), 6))).isEqualTo(new Outcome.Stale());
    assertThat(used(join(counters.admit(hold("h1", user(1, 60)), 7)))).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void cancel_held_givesBackOnce(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold hold = hold("h1", user(2, 60), user(9, 3600));
    join(counters.admit(hold("h0", user(2, 60), user(9, 3600)), 0));
    join(counters.admit(hold, 0));

    assertThat(join(counters.cancel(hold))).isTrue();
    assertThat(join(counters.cancel(hold))).isFalse();
    assertThat(join(counters.admit(hold, 0))).isEqualTo(new Outcome.Cancelled());
    Outcome next = join(counters.admit(hold("h2", user(2, 60), user(9, 3600)), 0));
    assertThat(((Outcome.Held) next).limits())
        .extracting(EvaluatedLimit::used)
        .containsExactly(2L, 2L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void cancel_theOnlyOne_leavesAnEmptyWindow(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold hold = hold("h1", user(1, 60));
    join(counters.admit(hold, 0));
    join(counters.cancel(hold));

    EvaluatedLimit limit =
        ((Outcome.Held) join(counters.admit(hold("h2", user(1, 60)), 0))).limits().get(0);
    assertThat(limit.used()).isEqualTo(1);
    assertThat(store.commands().pttl(names().rate(user(1, 60).scope()))).isPositive();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void cancel_beforeItsAdmit_letsItCountNothing(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold late = hold("h1", user(1, 60));

    assertThat(join(counters.cancel(late))).isFalse();
    assertThat(join(counters.admit(late, 0))).isEqualTo(new Outcome.Cancelled());
    assertThat(used(join(counters.admit(hold("h2", user(1, 60)), 0)))).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void settle_thenAnyOther_changesNothing(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold hold = hold("h1", user(1, 60));
    join(counters.admit(hold, 0));

    assertThat(join(counters.settle(hold, COMPLETED))).isTrue();
    assertThat(join(counters.settle(hold, COMPLETED))).isFalse();
    assertThat(join(counters.cancel(hold))).isFalse();
    assertThat(join(counters.renew(hold))).isFalse();
    assertThat(join(counters.admit(hold("h2", user(1, 60)), 0)))
        .isInstanceOf(Outcome.Exceeded.class);
    assertThat(store.commands().get(names().hold("h1"))).isEqualTo("settled completed 12 34");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void settle_afterCancelOrWithoutAdmit_isFalse(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold cancelled = hold("h1", user(1, 60));
    join(counters.admit(cancelled, 0));
    join(counters.cancel(cancelled));

    assertThat(join(counters.settle(cancelled, COMPLETED))).isFalse();
    assertThat(join(counters.settle(hold("never", user(1, 60)), COMPLETED))).isFalse();
    assertThat(join(counters.renew(hold("never", user(1, 60))))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void hold_notRenewed_endsWithItsLeaseAndStaysCounted(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold hold =
        new Hold(
            "h1", Optional.empty(), organization, List.of(user(1, 60)), Duration.ofMillis(400));
    join(counters.admit(hold, 0));
    assertThat(join(counters.renew(hold))).isTrue();

    Awaitility.await().until(() -> store.commands().exists(names().hold("h1")) == 0);
    assertThat(join(counters.renew(hold))).isFalse();
    assertThat(join(counters.settle(hold, COMPLETED))).isFalse();
    assertThat(join(counters.admit(hold("h2", user(1, 60)), 0)))
        .isInstanceOf(Outcome.Exceeded.class);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_otherPeriods_keepsTheCountsOfThoseBefore(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    join(counters.admit(hold("h1", user(1, 60)), 0));
    join(counters.admit(hold("h2", user(5, 3600)), 0));

    assertThat(join(counters.admit(hold("h3", user(1, 60)), 0)))
        .isInstanceOf(Outcome.Exceeded.class);
    assertThat(used(join(counters.admit(hold("h4", user(5, 3600)), 0)))).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_twoLimitsOfOnePeriod_countsOnceAndHoldsBoth(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());

    assertThat(used(join(counters.admit(hold("h1", user(5, 60), user(1, 60)), 0)))).isEqualTo(1);
    assertThat(join(counters.admit(hold("h2", user(5, 60), user(1, 60)), 0)))
        .isInstanceOf(Outcome.Exceeded.class);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void everyKey_hasATimeToLive(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold hold = hold("h1", user(5, 60), user(9, 3600));
    join(counters.admit(hold, 0));

    assertThat(store.commands().pttl(names().hold("h1"))).isBetween(1L, 30_000L);
    assertThat(store.commands().pttl(names().rate(user(5, 60).scope())))
        .isBetween(3_600_000L, 3_600_000L * 65 / 64 + 1_000);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void scripts_forgottenByRedis_areSentAgain(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold hold = hold("h1", user(5, 60));
    join(counters.admit(hold, 0));

    store.commands().scriptFlush();

    assertThat(used(join(counters.admit(hold("h2", user(5, 60)), 0)))).isEqualTo(2);
    assertThat(join(counters.renew(hold))).isTrue();
    assertThat(join(counters.cancel(hold))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_manyCallersOnTwoConnections_admitsExactlyTheLimit(Store store) throws Exception {
    RedisCounters counters = new RedisCounters(store.connections());
    int limit = 500;
    ExecutorService callers = Executors.newFixedThreadPool(32);
    try {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int caller = 0; caller < 32; caller++) {
        String name = "c" + caller + "-";
        tasks.add(
            () -> {
              int held = 0;
              for (int i = 0; i < 40; i++) {
                Outcome outcome =
                    join(counters.admit(hold(name + i, user(limit, 3600), user(limit, 600)), 0));
                held += outcome instanceof Outcome.Held ? 1 : 0;
              }
              return held;
            });
      }
      int held = 0;
      for (Future<Integer> task : callers.invokeAll(tasks)) {
        held += task.get();
      }
      assertThat(held).isEqualTo(limit);
    } finally {
      callers.shutdownNow();
    }
  }

  private Hold hold(String id, ScopedLimit... limits) {
    return new Hold(id, Optional.empty(), organization, List.of(limits), Duration.ofSeconds(30));
  }

  private Keys names() {
    return new Keys(organization);
  }

  private static ScopedLimit user(long limit, long seconds) {
    Scope scope = new Scope(Scope.Level.USER, "ada@example.org", Optional.of("model:{x}"));
    return new ScopedLimit(scope, rate(limit, seconds));
  }

  private static Scope scope(Scope.Level level) {
    return new Scope(level, "one", Optional.empty());
  }

  private static Rate rate(long limit, long seconds) {
    return new Rate(limit, Duration.ofSeconds(seconds));
  }

  private static long used(Outcome outcome) {
    return ((Outcome.Held) outcome).limits().get(0).used();
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
