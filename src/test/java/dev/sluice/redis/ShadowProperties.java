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
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits in shadow refuse nothing, and say of each request what they would have done. */
final class ShadowProperties {
  private static final long START = 1_800_000_000_000L;
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Settlement RAN = new Settlement(Settlement.Ending.FAILED, Optional.empty());
  private static final Scope USER = new Scope(Scope.Level.USER, "ada", Optional.of("m"));

  /** In the limits of a try: whoever a request is for. */
  private static final Scope WHOEVER =
      new Scope(Scope.Level.KEY, "k", new Scope.Part.All(), Optional.of(new EndUser("whoever")));

  private static final Scope PROJECT = new Scope(Scope.Level.PROJECT, "p", Optional.empty());
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private enum End {
    RUNS,
    RAN,
    CANCELLED
  }

  /**
   * @param millis that pass before it
   */
  private record Request(long millis, End end, EndUser endUser) {
    Request(long millis, End end) {
      this(millis, end, EndUser.UNNAMED);
    }

    List<ScopedLimit> of(List<ScopedLimit> limits) {
      return limits.stream().map(this::of).toList();
    }

    private ScopedLimit of(ScopedLimit limit) {
      Scope scope = limit.scope();
      Optional<EndUser> its = scope.endUser().map(whoever -> endUser);
      return new ScopedLimit(
          new Scope(scope.level(), scope.id(), scope.part(), its), limit.limit());
    }
  }

  /**
   * The same requests, at two organizations: at one the limits are enforced, at the other they are
   * in shadow. Those that the one refuses are those of which the other speaks.
   */
  @Property(tries = 60, shrinking = ShrinkingMode.BOUNDED)
  void inShadow_isReportedWhatWouldBeRefusedIfEnforced(
      @ForAll Store store,
      @ForAll("limits") List<ScopedLimit> limits,
      @ForAll boolean besideEnforced,
      @ForAll("requests") List<Request> requests) {
    Organization enforcing = new Organization(store);
    Organization shadowing = new Organization(store);
    List<ScopedLimit> shadows = new ArrayList<>(inShadow(limits));
    if (besideEnforced) {
      // With limits of the same windows that refuse nothing here.
      limits.forEach(one -> shadows.add(new ScopedLimit(one.scope(), ample(one.limit()))));
    }
    for (Request request : requests) {
      Outcome real = enforcing.take(request, request.of(limits));
      Outcome.Held simulated = (Outcome.Held) shadowing.take(request, request.of(shadows));

      assertThat(simulated.shadowExceeded()).isEqualTo(real instanceof Outcome.Exceeded);
    }
  }

  /**
   * The same requests, at two organizations: one has some of these limits, the other has the same
   * and others in shadow. A request meets any of the limits, as the keys of one user do that have
   * other tiers, models and limits of their own.
   */
  @Property(tries = 100, shrinking = ShrinkingMode.BOUNDED)
  void enforcedLimits_withAnyInShadowBesideThem_decideTheSame(
      @ForAll Store store,
      @ForAll("limits") List<ScopedLimit> limits,
      @ForAll("meetings") List<Meeting> meetings) {
    Organization without = new Organization(store);
    Organization with = new Organization(store);
    for (Meeting meeting : meetings) {
      List<ScopedLimit> its = meeting.request().of(limits);
      List<ScopedLimit> enforced = chosen(its, meeting.enforced());
      List<ScopedLimit> all = new ArrayList<>(inShadow(chosen(its, meeting.shadow())));
      all.addAll(enforced);

      Outcome expected = without.take(meeting, enforced);
      Outcome outcome = with.take(meeting, all);

      assertThat(outcome.getClass()).isEqualTo(expected.getClass());
      assertThat(with.evaluate(its)).isEqualTo(without.evaluate(its));
    }
  }

  /**
   * A request, and which limits it meets.
   *
   * @param attemptOf the request that it is one attempt of, if any
   * @param adopted whether it is admitted without Redis, which learns of it afterwards
   * @param enforced a bit for each of the limits
   * @param shadow a bit for each that it meets in shadow
   */
  private record Meeting(
      Request request, Optional<String> attemptOf, boolean adopted, int enforced, int shadow) {}

  private static List<ScopedLimit> chosen(List<ScopedLimit> limits, int bits) {
    return IntStream.range(0, limits.size())
        .filter(i -> (bits >> i & 1) == 1)
        .mapToObj(limits::get)
        .toList();
  }

  @Provide
  Arbitrary<List<Meeting>> meetings() {
    return Combinators.combine(
            request(),
            Arbitraries.of("r1:m", "r2:m").optional(0.3),
            Arbitraries.of(false, false, false, true),
            Arbitraries.integers().between(0, 15),
            Arbitraries.integers().between(0, 15))
        .as(Meeting::new)
        .list()
        .ofMaxSize(50);
  }

  private static List<ScopedLimit> inShadow(List<ScopedLimit> limits) {
    return limits.stream()
        .map(one -> new ScopedLimit(one.scope(), one.limit().inShadow()))
        .toList();
  }

  private static Limit ample(Limit limit) {
    if (limit instanceof EndUsers users) {
      return new EndUsers(1_000, users.longest(), false);
    }
    return limit instanceof Rate rate ? new Rate(1_000, rate.period()) : new Concurrency(1_000);
  }

  @Provide
  Arbitrary<List<ScopedLimit>> limits() {
    Arbitrary<Limit> rates =
        Combinators.combine(
                Arbitraries.longs().between(0, 6),
                Arbitraries.of(10, 60, 300).map(Duration::ofSeconds))
            .as(Rate::new);
    Arbitrary<Limit> concurrencies = Arbitraries.longs().between(1, 5).map(Concurrency::new);
    Arbitrary<ScopedLimit> ofRequests =
        Combinators.combine(
                Arbitraries.of(USER, PROJECT, WHOEVER),
                Arbitraries.oneOf(List.of(rates, rates, concurrencies)))
            .as(ScopedLimit::new);
    Arbitrary<ScopedLimit> ofEndUsers =
        Arbitraries.longs()
            .between(0, 2)
            .map(most -> new ScopedLimit(WHOEVER, new EndUsers(most, MINUTE, false)));
    return Arbitraries.frequencyOf(Tuple.of(5, ofRequests), Tuple.of(1, ofEndUsers))
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .uniqueElements(
            one ->
                List.of(
                    one.scope(),
                    one.limit() instanceof Rate rate ? rate.period() : one.limit().getClass()));
  }

  @Provide
  Arbitrary<List<Request>> requests() {
    return request().list().ofMaxSize(60);
  }

  private static Arbitrary<Request> request() {
    return Combinators.combine(
            Arbitraries.longs().between(0, 9_000),
            Arbitraries.of(End.class),
            Arbitraries.of(EndUser.UNNAMED, EndUser.named("a"), EndUser.named("b")))
        .as(Request::new);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void rateInShadow_atTwiceItsRate_isReportedForEverySecondRequest(Store store) {
    Organization organization = new Organization(store);
    List<ScopedLimit> limits = inShadow(List.of(new ScopedLimit(USER, new Rate(100, MINUTE))));
    int reported = 0;

    for (int i = 0; i < 1_000; i++) { // five minutes
      Outcome outcome = organization.take(new Request(300, End.RAN), limits);
      reported += ((Outcome.Held) outcome).shadowExceeded() ? 1 : 0;
    }

    // A window may be stricter by one of its 64 parts.
    assertThat(reported).isBetween(500, 500 + 1_000 / 64);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void limitInShadow_enforcedFromNowOn_beginsAnew(Store store) {
    Organization organization = new Organization(store);
    List<ScopedLimit> enforced = List.of(new ScopedLimit(USER, new Rate(2, MINUTE)));
    organization.take(new Request(0, End.RAN), inShadow(enforced));
    organization.take(new Request(0, End.RAN), inShadow(enforced));

    for (Class<?> expected :
        List.of(Outcome.Held.class, Outcome.Held.class, Outcome.Exceeded.class)) {
      assertThat(organization.take(new Request(0, End.RAN), enforced)).isInstanceOf(expected);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void requestThatAnEnforcedLimitRefuses_isNeitherCountedNorReportedInShadow(Store store) {
    Organization organization = new Organization(store);
    ScopedLimit none = new ScopedLimit(PROJECT, new Rate(0, MINUTE));
    ScopedLimit shadow = new ScopedLimit(USER, new Rate(1, MINUTE).inShadow());

    assertThat(organization.take(new Request(0, End.RAN), List.of(shadow, none)))
        .isInstanceOf(Outcome.Exceeded.class);
    assertThat(organization.evaluate(shadow).used()).isZero();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void limitInShadowWithoutRoom_isLeftAsItIs_whileEnforcedOnesCount(Store store) {
    Organization organization = new Organization(store);
    ScopedLimit enforced = new ScopedLimit(USER, new Rate(9, MINUTE));
    ScopedLimit beside = new ScopedLimit(USER, new Rate(1, MINUTE).inShadow());
    ScopedLimit other = new ScopedLimit(PROJECT, new Rate(9, MINUTE).inShadow());
    List<ScopedLimit> all = List.of(enforced, beside, other);
    organization.take(new Request(0, End.RAN), all);

    Outcome.Held second = (Outcome.Held) organization.take(new Request(0, End.CANCELLED), all);

    assertThat(second.shadowExceeded()).isTrue();
    assertThat(second.limits()).extracting(EvaluatedLimit::used).containsExactly(2L, 1L, 1L);
    assertThat(second.limits())
        .extracting(EvaluatedLimit::exhausted)
        .containsExactly(false, true, false);
    // What was taken back is what was counted, and no more.
    assertThat(organization.evaluate(all))
        .extracting(EvaluatedLimit::used)
        .containsExactly(1L, 1L, 1L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void attemptsOfOneRequest_areReportedOnce(Store store) {
    Organization organization = new Organization(store);
    List<ScopedLimit> none =
        List.of(
            new ScopedLimit(USER, new Rate(0, MINUTE).inShadow()),
            new ScopedLimit(USER, new Concurrency(0).inShadow()));

    assertThat(organization.attempt("a1", none)).isTrue();
    assertThat(organization.attempt("a1", none)).isFalse();
    assertThat(organization.attempt("a2", none)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void attemptThatSharesACharge_isReportedForItsPlaceOnly(Store store) {
    Organization organization = new Organization(store);
    List<ScopedLimit> one =
        List.of(
            new ScopedLimit(USER, new Rate(1, MINUTE).inShadow()),
            new ScopedLimit(USER, new Concurrency(1).inShadow()));

    assertThat(organization.attempt("a1", one)).isFalse();
    assertThat(organization.attempt("a2", one.subList(0, 1))).isFalse();
    assertThat(organization.attempt("a3", one)).isTrue();
    assertThat(organization.attempt("a4", one)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void attemptsThatAreAllTurnedAway_giveBackWhatWasCountedAndNoMore(Store store) {
    Organization organization = new Organization(store);
    ScopedLimit enforced = new ScopedLimit(PROJECT, new Rate(9, MINUTE));
    ScopedLimit full = new ScopedLimit(USER, new Rate(1, MINUTE).inShadow());
    organization.take(new Request(0, End.RAN), List.of(full));

    organization.attempt("a1", List.of(enforced, full));
    organization.attempt("a2", List.of(enforced, full));
    for (String id : List.of("a1", "a2")) {
      organization.cancel(id, List.of(enforced, full));
    }

    assertThat(organization.evaluate(enforced).used()).isZero();
    assertThat(organization.evaluate(full).used()).isEqualTo(1);
  }

  /** One with a clock of its own. */
  private static final class Organization {
    private final String name = "s-" + UUID.randomUUID().toString().substring(0, 13);
    private final VirtualClock clock;
    private final RedisCounters counters;
    private long time = START;

    private Organization(Store store) {
      this.clock = new VirtualClock(store, name);
      this.counters = new RedisCounters(store.connections(), clock::load);
      clock.set(time);
    }

    private Outcome take(Request request, List<ScopedLimit> limits) {
      return take(new Meeting(request, Optional.empty(), false, 0, 0), limits);
    }

    private Outcome take(Meeting meeting, List<ScopedLimit> limits) {
      Request request = meeting.request();
      time += request.millis();
      clock.set(time);
      Hold hold = hold(UUID.randomUUID().toString(), meeting.attemptOf(), limits);
      Outcome outcome = meeting.adopted() ? adopt(hold) : join(counters.admit(hold, 0));
      if (outcome instanceof Outcome.Held && request.end() != End.RUNS) {
        join(request.end() == End.RAN ? counters.settle(hold, RAN) : counters.cancel(hold));
      }
      return outcome;
    }

    private Outcome adopt(Hold hold) {
      assertThat(join(counters.adopt(hold, Duration.ofSeconds(2), Optional.empty()))).isTrue();
      return new Outcome.Held(List.of(), false);
    }

    /** Whether an attempt of the one request is reported. */
    private boolean attempt(String id, List<ScopedLimit> limits) {
      Hold hold = hold(id, Optional.of("r1:m"), limits);
      return ((Outcome.Held) join(counters.admit(hold, 0))).shadowExceeded();
    }

    private void cancel(String id, List<ScopedLimit> limits) {
      assertThat(join(counters.cancel(hold(id, Optional.of("r1:m"), limits)))).isTrue();
    }

    private EvaluatedLimit evaluate(ScopedLimit limit) {
      return evaluate(List.of(limit)).get(0);
    }

    private List<EvaluatedLimit> evaluate(List<ScopedLimit> limits) {
      return join(counters.evaluate(name, limits));
    }

    private Hold hold(String id, Optional<String> request, List<ScopedLimit> limits) {
      return new Hold(id, request, name, limits, LEASE);
    }

    private static <T> T join(CompletionStage<T> stage) {
      return stage.toCompletableFuture().join();
    }
  }
}
