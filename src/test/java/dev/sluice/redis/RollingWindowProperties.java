package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

/** The rolling windows against a log of everything that was admitted, in virtual time. */
final class RollingWindowProperties {
  private static final long START = 1_800_000_000_000L;
  private static final long LEASE_MILLIS = 3_600_000;

  /** Not multiples of 64 ms alone: sub-windows then begin between milliseconds. */
  private static final List<Long> PERIODS = List.of(60_000L, 61_237L, 64_000L, 90_001L, 600_000L);

  private enum Kind {
    ADMIT,
    CANCEL,
    REPEAT,
    JUMP
  }

  /**
   * @param millis that pass before it
   * @param size which hold is meant, or how far the clock goes back
   */
  private record Step(Kind kind, long millis, long size) {}

  private record Entry(Hold hold, long time) {}

  @Property(tries = 120, shrinking = ShrinkingMode.BOUNDED)
  void admits_neverMoreThanTheLimit_neverStricterThanASubWindow(
      @ForAll Store store,
      @ForAll("limits") List<ScopedLimit> limits,
      @ForAll("steadySteps") List<Step> steps) {
    Log log = new Log(store, limits);
    for (Step step : steps) {
      log.take(step);
    }
  }

  @Property(tries = 80, shrinking = ShrinkingMode.BOUNDED)
  void clockGoesBack_admitsNeverMoreThanTheLimit_freezesNothing(
      @ForAll Store store,
      @ForAll("limits") List<ScopedLimit> limits,
      @ForAll("unsteadySteps") List<Step> steps) {
    Log log = new Log(store, limits);
    for (Step step : steps) {
      log.take(step);
    }
    boolean possible = limits.stream().allMatch(limit -> limit.limit().allowed() > 0);
    log.take(new Step(Kind.ADMIT, 0, 0));
    log.take(new Step(Kind.ADMIT, 2 * 600_000L * 65 / 64 + 1, 0));
    assertThat(log.last instanceof Outcome.Held).isEqualTo(possible);
  }

  @Property(tries = 40, shrinking = ShrinkingMode.BOUNDED)
  void retryAfter_isTheFirstMillisecondThatPasses(
      @ForAll Store store,
      @ForAll("limits") List<ScopedLimit> limits,
      @ForAll("steadySteps") List<Step> steps) {
    Log log = new Log(store, limits);
    for (Step step : steps) {
      log.take(step);
      if (log.last instanceof Outcome.Exceeded exceeded
          && exceeded.limits().stream().allMatch(limit -> limit.retryAfter().isPresent())) {
        long wait =
            exceeded.limits().stream()
                .mapToLong(limit -> limit.retryAfter().orElseThrow().toMillis())
                .max()
                .orElseThrow();
        log.take(new Step(Kind.ADMIT, wait - 1, 0));
        assertThat(log.last).isInstanceOf(Outcome.Exceeded.class);
        log.take(new Step(Kind.ADMIT, 1, 0));
        assertThat(log.last).isInstanceOf(Outcome.Held.class);
      }
    }
  }

  @Property(tries = 20, shrinking = ShrinkingMode.BOUNDED)
  void reset_isTheFirstMillisecondWithoutCounts(
      @ForAll Store store,
      @ForAll("limits") List<ScopedLimit> limits,
      @ForAll("steadySteps") List<Step> steps) {
    Log log = new Log(store, limits);
    for (Step step : steps) {
      log.take(step);
    }
    log.take(new Step(Kind.ADMIT, 0, 0));
    long longest =
        evaluated(log.last).stream().mapToLong(limit -> limit.reset().toMillis()).max().orElse(0);
    if (longest > 0) {
      log.time += longest - 1;
      assertThat(log.probe()).anyMatch(used -> used > 0);
      log.time += 1;
      assertThat(log.probe()).allMatch(used -> used == 0);
    }
  }

  @Provide
  Arbitrary<List<ScopedLimit>> limits() {
    return Arbitraries.of(
            new Scope(Scope.Level.USER, "ada", Optional.of("m")),
            new Scope(Scope.Level.PROJECT, "p", Optional.empty()))
        .list()
        .uniqueElements()
        .ofMinSize(1)
        .flatMap(
            scopes ->
                Combinators.combine(
                        scopes.stream()
                            .map(
                                scope ->
                                    rates()
                                        .map(
                                            rates ->
                                                rates.stream()
                                                    .map(rate -> new ScopedLimit(scope, rate))
                                                    .toList()))
                            .toList())
                    .as(lists -> lists.stream().flatMap(List::stream).toList()));
  }

  private static Arbitrary<List<Rate>> rates() {
    return Combinators.combine(
            Arbitraries.frequency(Tuple.of(1, 0L), Tuple.of(30, 1L))
                .flatMap(
                    some -> some == 0 ? Arbitraries.just(0L) : Arbitraries.longs().between(1, 15)),
            Arbitraries.of(PERIODS))
        .as((limit, period) -> new Rate(limit, Duration.ofMillis(period)))
        .list()
        .uniqueElements(Rate::period)
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  @Provide
  Arbitrary<List<Step>> steadySteps() {
    return steps(Arbitraries.of(Kind.ADMIT, Kind.ADMIT, Kind.ADMIT, Kind.CANCEL, Kind.REPEAT));
  }

  @Provide
  Arbitrary<List<Step>> unsteadySteps() {
    return steps(
        Arbitraries.of(
            Kind.ADMIT, Kind.ADMIT, Kind.ADMIT, Kind.ADMIT, Kind.CANCEL, Kind.REPEAT, Kind.JUMP));
  }

  private static Arbitrary<List<Step>> steps(Arbitrary<Kind> kinds) {
    Arbitrary<Long> millis =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 10),
            Arbitraries.longs().between(0, 3_000),
            Arbitraries.longs().between(0, 30_000),
            Arbitraries.of(937L, 938L, 60_000L, 60_937L, 60_938L, 64_000L, 65_000L, 65_001L));
    Arbitrary<Long> sizes =
        Arbitraries.oneOf(
            Arbitraries.longs().between(0, 100), Arbitraries.longs().between(0, 5_000_000));
    return Combinators.combine(kinds, millis, sizes).as(Step::new).list().ofMaxSize(150);
  }

  private static List<EvaluatedLimit> evaluated(Outcome outcome) {
    if (outcome instanceof Outcome.Held held) {
      return held.limits();
    }
    return ((Outcome.Exceeded) outcome).limits();
  }

  /** One history: what was admitted at which time that really passed, whatever the clock said. */
  private static final class Log {
    private final String organization = "p-" + UUID.randomUUID().toString().substring(0, 13);
    private final List<ScopedLimit> limits;
    private final VirtualClock clock;
    private final RedisCounters counters;
    private final List<Entry> counted = new ArrayList<>();
    private final List<Hold> holds = new ArrayList<>();
    private long time;
    private long setBack;
    private Outcome last = new Outcome.Stale();

    private Log(Store store, List<ScopedLimit> limits) {
      this.limits = limits;
      this.clock = new VirtualClock(store, organization);
      this.counters = new RedisCounters(store.connections(), clock::load);
    }

    private void take(Step step) {
      time += step.millis();
      if (step.kind() == Kind.JUMP) {
        setBack += step.size();
      }
      clock.set(START + time - setBack);
      switch (step.kind()) {
        case ADMIT -> admit();
        case CANCEL -> earlier(step).ifPresent(this::cancel);
        case REPEAT -> earlier(step).ifPresent(this::repeat);
        case JUMP -> {}
      }
    }

    private void admit() {
      Hold hold = hold(limits);
      last = join(counters.admit(hold, 0));
      if (last instanceof Outcome.Held) {
        holds.add(hold);
        counted.add(new Entry(hold, time));
        for (ScopedLimit limit : limits) {
          assertThat(countedFor(period(limit) * 64)).isLessThanOrEqualTo(allowed(limit));
        }
      } else if (setBack == 0) {
        assertThat(limits).anyMatch(limit -> countedFor(period(limit) * 65) >= allowed(limit));
      }
      for (EvaluatedLimit limit : evaluated(last)) {
        assertThat(limit.used()).isGreaterThanOrEqualTo(countedFor(period(limit.limit()) * 64));
        if (setBack == 0) {
          assertThat(limit.used()).isLessThanOrEqualTo(countedFor(period(limit.limit()) * 65));
        }
      }
    }

    private void cancel(Hold hold) {
      assertThat(join(counters.cancel(hold))).isTrue();
      counted.removeIf(entry -> entry.hold().equals(hold));
      assertThat(join(counters.cancel(hold))).isFalse();
      holds.remove(hold);
    }

    private void repeat(Hold hold) {
      assertThat(join(counters.admit(hold, 0))).isInstanceOf(Outcome.Held.class);
    }

    /** What every window has counted, asked without counting: with limits that let nothing pass. */
    private List<Long> probe() {
      clock.set(START + time - setBack);
      List<ScopedLimit> closed =
          limits.stream()
              .map(
                  limit ->
                      new ScopedLimit(limit.scope(), new Rate(0, ((Rate) limit.limit()).period())))
              .toList();
      return evaluated(join(counters.admit(hold(closed), 0))).stream()
          .map(EvaluatedLimit::used)
          .toList();
    }

    private Optional<Hold> earlier(Step step) {
      return holds.isEmpty()
          ? Optional.empty()
          : Optional.of(holds.get((int) (step.size() % holds.size())));
    }

    /** How many were admitted less than so many 64ths of a millisecond ago. */
    private long countedFor(long sixtyFourths) {
      return counted.stream().filter(entry -> (time - entry.time()) * 64 < sixtyFourths).count();
    }

    private Hold hold(List<ScopedLimit> some) {
      return new Hold(
          UUID.randomUUID().toString(),
          Optional.empty(),
          organization,
          some,
          Duration.ofMillis(LEASE_MILLIS));
    }

    private static long period(ScopedLimit limit) {
      return ((Rate) limit.limit()).period().toMillis();
    }

    private static long allowed(ScopedLimit limit) {
      return limit.limit().allowed();
    }

    private static <T> T join(CompletionStage<T> stage) {
      return stage.toCompletableFuture().join();
    }
  }
}
