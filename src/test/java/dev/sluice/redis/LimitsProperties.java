package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.admission.EndUser;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.EndUsers;
import dev.sluice.policy.Limit;
import dev.sluice.policy.Rate;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/**
 * Limits of all kinds and scopes at once, against a model in memory: requests that run, end, repeat
 * themselves, overtake themselves and die.
 *
 * <p>The periods are longer than a try: how windows roll is in {@link RollingWindowProperties}.
 */
final class LimitsProperties {
  private static final long START = 1_800_000_000_000L;

  /** So long that no hold ends by the time that a try really takes. */
  private static final long LEASE = 3_600_000;

  private static final List<EndUser> END_USERS =
      List.of(EndUser.UNNAMED, EndUser.named("a"), EndUser.named("b"), EndUser.named("c"));

  /** In the limits of a try: whoever a request is for. */
  private static final EndUser WHOEVER = new EndUser("whoever");

  /** Fewer than there are. */
  private static final long END_USERS_AT_A_TIME = 2;

  private static final Settlement RAN = new Settlement(Settlement.Ending.FAILED, Optional.empty());

  private enum Verb {
    ADMIT,
    ADMIT_AGAIN,
    ADMIT_AFTER_CANCEL,
    RENEW,
    SETTLE,
    CANCEL,
    WAIT
  }

  /**
   * @param scopes which of the scopes with limits a new request meets, a bit for each
   * @param which hold is meant, of those that there were
   * @param endUser of a new request
   * @param millis that pass before it
   */
  private record Step(Verb verb, int scopes, int which, EndUser endUser, long millis) {}

  @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
  void anyRequests_underAnyLimits_areAdmittedAsByTheModel(
      @ForAll Store store,
      @ForAll("limits") List<List<ScopedLimit>> limits,
      @ForAll("steps") List<Step> steps) {
    History history = new History(store, limits);
    for (Step step : steps) {
      history.take(step);
      history.compare();
    }
  }

  /** Of each scope its limits; scopes of all levels, over all models and for one, per end user. */
  @Provide
  Arbitrary<List<List<ScopedLimit>>> limits() {
    Arbitrary<Scope> scopes =
        Combinators.combine(
                Arbitraries.of(Scope.Level.class),
                Arbitraries.of("one", "two"),
                Arbitraries.<Scope.Part>of(new Scope.Part.All(), new Scope.Part.OfModel("n:{x}")),
                Arbitraries.just(WHOEVER).optional())
            .as(Scope::new);
    Arbitrary<Limit> rates =
        Combinators.combine(
                Arbitraries.integers().between(0, 12),
                Arbitraries.of(Duration.ofDays(250), Duration.ofDays(300), Duration.ofDays(366)))
            .as(Rate::new);
    Arbitrary<Limit> concurrencies = Arbitraries.integers().between(0, 5).map(Concurrency::new);
    Arbitrary<Limit> enforced = Arbitraries.oneOf(List.of(rates, concurrencies));
    Arbitrary<List<Limit>> some =
        Arbitraries.frequencyOf(Tuple.of(3, enforced), Tuple.of(2, enforced.map(Limit::inShadow)))
            .list()
            .ofMinSize(1)
            .ofMaxSize(4)
            .uniqueElements(limit -> List.of(period(limit), limit.shadow()));
    return scopes
        .set()
        .ofMinSize(1)
        .ofMaxSize(6)
        .flatMap(
            chosen ->
                Combinators.combine(
                        chosen.stream()
                            .map(
                                scope ->
                                    some.map(
                                        all ->
                                            all.stream()
                                                .map(one -> new ScopedLimit(scope, one))
                                                .toList()))
                            .toList())
                    .as(lists -> lists));
  }

  /** No concurrency has one of zero. */
  private static Duration period(Limit limit) {
    return limit instanceof Rate rate ? rate.period() : Duration.ZERO;
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just(Verb.ADMIT)), Tuple.of(6, Arbitraries.of(Verb.class))),
            Arbitraries.integers().between(1, 63),
            Arbitraries.integers().between(0, 1_000),
            Arbitraries.of(END_USERS),
            Arbitraries.oneOf(
                Arbitraries.just(0L),
                Arbitraries.longs().between(0, 1_000_000),
                Arbitraries.of(LEASE - 1, LEASE)))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  /** What happened, in Redis and in the model. */
  private static final class History {
    private final String organization = "l-" + UUID.randomUUID().toString().substring(0, 13);
    private final List<List<ScopedLimit>> limits;
    private final VirtualClock clock;
    private final RedisCounters counters;
    private final List<Hold> holds = new ArrayList<>();
    private long time = START;

    /**
     * The model: what each hold counted, until it is cancelled, and until when it runs. What is in
     * shadow is counted apart from what is not, as if it were enforced.
     */
    private final Map<Hold, List<ScopedLimit>> counted = new HashMap<>();

    private final Map<Hold, Long> running = new HashMap<>();

    /** By record, in shadow or not: those who are counted, longer than a try takes. */
    private final Map<String, Set<EndUser>> endUsers = new HashMap<>();

    private History(Store store, List<List<ScopedLimit>> limits) {
      this.limits = limits;
      this.clock = new VirtualClock(store, organization);
      this.counters = new RedisCounters(store.connections(), clock::load);
    }

    private void take(Step step) {
      time += step.millis();
      clock.set(time);
      running.values().removeIf(over -> over <= time);
      Optional<Hold> earlier =
          holds.isEmpty() ? Optional.empty() : Optional.of(holds.get(step.which() % holds.size()));
      switch (step.verb()) {
        case ADMIT -> admit(hold(step));
        case ADMIT_AFTER_CANCEL -> {
          Hold late = hold(step);
          assertThat(join(counters.cancel(late))).isFalse();
          assertThat(join(counters.admit(late, 0))).isEqualTo(new Outcome.Cancelled());
        }
        case ADMIT_AGAIN ->
            earlier.ifPresent(
                hold -> assertThat(join(counters.admit(hold, 0))).isInstanceOf(Outcome.Held.class));
        case RENEW ->
            earlier.ifPresent(
                hold -> {
                  join(counters.renew(hold));
                  running.computeIfPresent(hold, (same, over) -> time + LEASE);
                });
        case SETTLE ->
            earlier.ifPresent(
                hold -> {
                  assertThat(join(counters.settle(hold, RAN))).isTrue();
                  assertThat(join(counters.settle(hold, RAN))).isFalse();
                  assertThat(join(counters.cancel(hold))).isFalse();
                  running.remove(hold);
                  holds.remove(hold);
                });
        case CANCEL ->
            earlier.ifPresent(
                hold -> {
                  assertThat(join(counters.cancel(hold))).isTrue();
                  assertThat(join(counters.cancel(hold))).isFalse();
                  assertThat(join(counters.settle(hold, RAN))).isFalse();
                  counted.remove(hold);
                  running.remove(hold);
                  holds.remove(hold);
                });
        case WAIT -> {}
      }
    }

    private void admit(Hold hold) {
      boolean room = hasRoom(hold, false);
      boolean shadowRoom = hasRoom(hold, true);
      Outcome outcome = join(counters.admit(hold, 0));
      if (room) {
        assertThat(((Outcome.Held) outcome).shadowExceeded()).isEqualTo(!shadowRoom);
        List<ScopedLimit> counting =
            hold.limits().stream().filter(limit -> shadowRoom || !limit.shadow()).toList();
        counting.stream()
            .filter(limit -> limit.limit() instanceof EndUsers)
            .forEach(limit -> endUsers(limit).add(limit.scope().endUser().orElseThrow()));
        counted.put(hold, counting);
        running.put(hold, time + LEASE);
        holds.add(hold);
      } else {
        List<EvaluatedLimit> said = ((Outcome.Exceeded) outcome).limits();
        assertThat(said)
            .allSatisfy(limit -> assertThat(limit.exhausted()).isEqualTo(!hasRoom(limit.limit())));
      }
    }

    /** Every limit stands as the model says, and none is exceeded. */
    private void compare() {
      List<ScopedLimit> all =
          END_USERS.stream().flatMap(user -> of(user, limits).stream()).distinct().toList();
      for (EvaluatedLimit one : join(counters.evaluate(organization, all))) {
        assertThat(one.used())
            .as("%s", one.limit())
            .isEqualTo(inUse(one.limit()))
            .isLessThanOrEqualTo(one.allowed());
      }
    }

    private boolean hasRoom(Hold hold, boolean shadow) {
      return hold.limits().stream()
          .filter(limit -> limit.shadow() == shadow)
          .allMatch(this::hasRoom);
    }

    private boolean hasRoom(ScopedLimit limit) {
      boolean known =
          limit.limit() instanceof EndUsers
              && endUsers(limit).contains(limit.scope().endUser().orElseThrow());
      return known || inUse(limit) < limit.limit().allowed();
    }

    private Set<EndUser> endUsers(ScopedLimit limit) {
      return endUsers.computeIfAbsent(record(limit), unknown -> new HashSet<>());
    }

    private static String record(ScopedLimit limit) {
      return limit.scope().level() + " " + limit.scope().id() + " " + limit.shadow();
    }

    private long inUse(ScopedLimit limit) {
      if (limit.limit() instanceof EndUsers) {
        return endUsers(limit).size();
      }
      return counted.entrySet().stream()
          .filter(one -> limit.limit() instanceof Rate || running.containsKey(one.getKey()))
          .filter(one -> one.getValue().contains(limit))
          .count();
    }

    private Hold hold(Step step) {
      List<List<ScopedLimit>> met = new ArrayList<>();
      for (int i = 0; i < limits.size(); i++) {
        if ((step.scopes() >> i & 1) == 1) {
          met.add(limits.get(i));
        }
      }
      return new Hold(
          UUID.randomUUID().toString(),
          Optional.empty(),
          organization,
          of(step.endUser(), met),
          Duration.ofMillis(LEASE));
    }

    /** What limits are for one end user: with how many there may be of those that count each. */
    private static List<ScopedLimit> of(EndUser user, List<List<ScopedLimit>> scopes) {
      List<ScopedLimit> limits = new ArrayList<>();
      Map<String, List<ScopedLimit>> perEndUser = new LinkedHashMap<>();
      for (ScopedLimit limit : scopes.stream().flatMap(List::stream).toList()) {
        Scope scope = limit.scope();
        if (scope.endUser().isEmpty()) {
          limits.add(limit);
        } else {
          Scope its = new Scope(scope.level(), scope.id(), scope.part(), Optional.of(user));
          limits.add(new ScopedLimit(its, limit.limit()));
          perEndUser.computeIfAbsent(record(limit), unknown -> new ArrayList<>()).add(limit);
        }
      }
      for (List<ScopedLimit> ofRecord : perEndUser.values()) {
        Scope scope = ofRecord.get(0).scope();
        limits.add(
            new ScopedLimit(
                new Scope(scope.level(), scope.id(), new Scope.Part.All(), Optional.of(user)),
                new EndUsers(END_USERS_AT_A_TIME, Duration.ofDays(366), ofRecord.get(0).shadow())));
      }
      return limits;
    }

    private static <T> T join(CompletionStage<T> stage) {
      return stage.toCompletableFuture().join();
    }
  }
}
