package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Rate;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attempts of one request, as an edge makes them when it retries or hedges, share one charge. */
final class AttemptsTest {
  private static final Settlement RAN = new Settlement(Settlement.Ending.FAILED, Optional.empty());
  private static final int LIMIT = 3;

  private String organization = fresh();

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_secondAttempt_isHeldButNotCounted(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());

    join(counters.admit(attempt("r1", "a1"), 0));
    Outcome second = join(counters.admit(attempt("r1", "a2"), 0));

    assertThat(second).isInstanceOf(Outcome.Held.class);
    assertThat(used(counters)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_limitReachedByOthers_attemptOfChargedRequestIsHeld(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    for (String request : List.of("r1", "r2", "r3")) {
      join(counters.admit(attempt(request, request + "a1"), 0));
    }

    assertThat(join(counters.admit(attempt("r1", "r1a2"), 0))).isInstanceOf(Outcome.Held.class);
    assertThat(join(counters.admit(attempt("r4", "r4a1"), 0))).isInstanceOf(Outcome.Exceeded.class);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void cancel_whileAnotherAttemptGoesOn_givesNothingBackUntilTheLastOne(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    join(counters.admit(attempt("r1", "a1"), 0));
    join(counters.admit(attempt("r1", "a2"), 0));

    join(counters.cancel(attempt("r1", "a1")));
    assertThat(used(counters)).isEqualTo(1);
    join(counters.cancel(attempt("r1", "a2")));
    assertThat(used(counters)).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_afterAllAttemptsWereCancelled_countsAgain(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    join(counters.admit(attempt("r1", "a1"), 0));
    join(counters.cancel(attempt("r1", "a1")));

    join(counters.admit(attempt("r1", "a2"), 0));

    assertThat(used(counters)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void cancel_afterAnotherAttemptRan_givesNothingBack(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    join(counters.admit(attempt("r1", "a1"), 0));
    join(counters.settle(attempt("r1", "a1"), RAN));
    join(counters.admit(attempt("r1", "a2"), 0));

    join(counters.cancel(attempt("r1", "a2")));

    assertThat(used(counters)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void admit_sixthAttempt_isARequestLikeAnyOther(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    for (int i = 1; i <= 5; i++) {
      Hold attempt = attempt("r1", "a" + i);
      join(counters.admit(attempt, 0));
      join(counters.settle(attempt, RAN));
    }
    assertThat(used(counters)).isEqualTo(1);

    join(counters.admit(attempt("r1", "a6"), 0));
    join(counters.admit(attempt("r1", "a7"), 0));

    assertThat(used(counters)).isEqualTo(3);
    assertThat(join(counters.admit(attempt("r1", "a8"), 0))).isInstanceOf(Outcome.Exceeded.class);
    join(counters.cancel(attempt("r1", "a7")));
    assertThat(used(counters)).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void cancel_byAnAttemptWithOtherScopes_givesBackWhatWasTaken(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    Hold first = attempt("r1", "a1");
    ScopedLimit other =
        new ScopedLimit(
            new Scope(Scope.Level.KEY, "k1", Optional.empty()),
            new Rate(LIMIT, Duration.ofHours(1)));
    Hold second = new Hold("a2", first.request(), organization, List.of(other), first.lease());
    join(counters.admit(first, 0));
    join(counters.admit(second, 0));

    join(counters.cancel(first));
    join(counters.cancel(second));

    assertThat(used(counters)).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void renew_attempt_keepsItsRequestToo(Store store) {
    RedisCounters counters = new RedisCounters(store.connections());
    join(counters.admit(attempt("r1", "a1"), 0));
    String request = new Keys(organization).request("r1:m");
    store.commands().pexpire(request, 1_000);

    assertThat(join(counters.renew(attempt("r1", "a1")))).isTrue();
    assertThat(store.commands().pttl(request)).isGreaterThan(20_000);
  }

  private enum State {
    NEW,
    HELD,
    CANCELLED,
    SETTLED
  }

  private enum Verb {
    ADMIT,
    SETTLE,
    CANCEL
  }

  @Property(tries = 150)
  void anySequence_oneChargeWhileAnAttemptIsHeldOrHasRun(
      @ForAll @Size(max = 12) List<Verb> verbs,
      @ForAll @Size(12) List<@IntRange(max = 2) Integer> which) {
    organization = fresh(); // a property has one instance for all its tries
    RedisCounters counters = new RedisCounters(Store.STANDALONE.connections());
    String request = UUID.randomUUID().toString();
    Map<Integer, State> model = new TreeMap<>(Map.of(0, State.NEW, 1, State.NEW, 2, State.NEW));
    boolean ran = false;
    for (int i = 0; i < verbs.size(); i++) {
      int number = which.get(i);
      Hold hold = attempt(request, request + number);
      State state = model.get(number);
      switch (verbs.get(i)) {
        case ADMIT -> {
          join(counters.admit(hold, 0));
          model.put(number, state == State.NEW ? State.HELD : state);
        }
        case SETTLE -> {
          join(counters.settle(hold, RAN));
          ran = ran || state == State.HELD;
          model.put(number, state == State.HELD ? State.SETTLED : state);
        }
        case CANCEL -> {
          join(counters.cancel(hold));
          model.put(number, state == State.SETTLED ? state : State.CANCELLED);
        }
      }
      boolean charged = ran || model.containsValue(State.HELD);
      assertThat(used(counters)).as("after %s", verbs.subList(0, i + 1)).isEqualTo(charged ? 1 : 0);
    }
  }

  private Hold attempt(String request, String id) {
    return hold(id, Optional.of(request + ":m"));
  }

  private Hold hold(String id, Optional<String> request) {
    ScopedLimit limit =
        new ScopedLimit(
            new Scope(Scope.Level.USER, "u1", Optional.of("m")),
            new Rate(LIMIT, Duration.ofHours(1)));
    return new Hold(id, request, organization, List.of(limit), Duration.ofSeconds(30));
  }

  /** Counts one, and takes it back. */
  private long used(RedisCounters counters) {
    Hold probe = hold(UUID.randomUUID().toString(), Optional.empty());
    Outcome outcome = join(counters.admit(probe, 0));
    join(counters.cancel(probe));
    return outcome instanceof Outcome.Held held
        ? held.limits().get(0).used() - 1
        : ((Outcome.Exceeded) outcome).limits().get(0).used();
  }

  private static String fresh() {
    return "org-" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
