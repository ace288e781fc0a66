package dev.sluice.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.Limit;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.policy.OutagePolicy.Fallback;
import dev.sluice.policy.Rate;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counting without the store, and telling it afterwards; in virtual time. */
final class OutageCountersTest {
  private static final Settlement COMPLETED =
      new Settlement(Settlement.Ending.COMPLETED, Optional.empty());
  private static final Scope USER = new Scope(Scope.Level.USER, "u", Optional.empty());
  private static final Rate MINUTE = new Rate(10, Duration.ofMinutes(1));

  private long now = TimeUnit.DAYS.toNanos(1);
  private int replicas = 3;
  private int ids;
  private final AwayStore store = new AwayStore();
  private OutageCounters counters = counters(OutagePolicy.DEFAULT);

  private OutageCounters counters(OutagePolicy policy) {
    Outage outage = new Outage(policy, () -> replicas, new ToldMetrics(), () -> now);
    return new OutageCounters(store, policy, () -> replicas, outage, () -> now);
  }

  @Test
  void rate_shareIsUsedUp_hasRoomAgainAPeriodLater() {
    for (int i = 0; i < 3; i++) {
      assertThat(local(hold(MINUTE))).isInstanceOf(Outcome.Held.class);
    }
    Outcome.ShareExceeded refused = (Outcome.ShareExceeded) local(hold(MINUTE));
    assertThat(refused.share()).isEqualTo(3);
    assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(5));
    // In the meantime it is found to be with the store, for else all would be over by then.
    store.away = false;
    counters.adopt();
    store.away = true;
    pass(61_000);

    assertThat(local(hold(MINUTE))).isInstanceOf(Outcome.Held.class);
  }

  @Test
  void rate_outageAfterOutage_isOneShareOnly() {
    for (int i = 0; i < 3; i++) {
      local(hold(MINUTE));
    }
    store.away = false;
    counters.adopt();
    store.away = true;

    assertThat(local(hold(MINUTE))).isInstanceOf(Outcome.ShareExceeded.class);
  }

  @Test
  void rate_severalLimits_countAllOrNone() {
    Limit narrow = new Rate(3, Duration.ofSeconds(1));
    Limit wide = new Rate(9, Duration.ofMinutes(1));
    assertThat(local(hold(narrow, wide))).isInstanceOf(Outcome.Held.class);
    for (int i = 0; i < 9; i++) {
      assertThat(local(hold(narrow, wide))).isInstanceOf(Outcome.ShareExceeded.class);
    }
    pass(1_100);
    assertThat(local(hold(narrow, wide))).isInstanceOf(Outcome.Held.class);
    pass(1_100);
    assertThat(local(hold(narrow, wide))).isInstanceOf(Outcome.Held.class);
  }

  @Test
  void limitBelowTheNumberOfReplicas_admitsNobody_thatOfZeroNever() {
    Outcome.ShareExceeded none =
        (Outcome.ShareExceeded) local(hold(new Rate(2, Duration.ofMinutes(1))));
    assertThat(none.share()).isZero();

    Outcome.Exceeded never = (Outcome.Exceeded) local(hold(new Rate(0, Duration.ofMinutes(1))));
    assertThat(never.limits())
        .extracting(EvaluatedLimit::retryAfter)
        .containsOnly(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "OPEN, SHARE, true",
    "CLOSED, SHARE, false",
    "SHARE, OPEN, true",
    "SHARE, CLOSED, false",
  })
  void policy_byKindOfLimit(Fallback rates, Fallback concurrency, boolean admitted) {
    counters = counters(new OutagePolicy(Duration.ofSeconds(30), rates, concurrency));
    Limit limit = rates == Fallback.SHARE ? new Concurrency(1) : new Rate(1, MINUTE.period());

    assertThat(local(hold(limit)))
        .isInstanceOf(admitted ? Outcome.Held.class : Outcome.Unavailable.class);
    assertThat(local(hold())).as("without a limit").isInstanceOf(Outcome.Held.class);
  }

  @Test
  void concurrency_isOfAllThatThisReplicaHasAdmitted() {
    Limit three = new Concurrency(9);
    Hold before = hold(three);
    store.away = false;
    join(counters.admit(before, 1));
    store.away = true;
    Hold second = hold(three);
    Hold third = hold(three);
    assertThat(local(second)).isInstanceOf(Outcome.Held.class);
    assertThat(local(third)).isInstanceOf(Outcome.Held.class);
    assertThat(local(hold(three))).isInstanceOf(Outcome.ShareExceeded.class);

    counters.settle(second, COMPLETED);
    counters.settle(second, COMPLETED);
    assertThat(local(hold(three))).isInstanceOf(Outcome.Held.class);
    assertThat(local(hold(three))).isInstanceOf(Outcome.ShareExceeded.class);
    // Whether or not the store hears of it.
    counters.settle(before, COMPLETED);
    assertThat(local(hold(three))).isInstanceOf(Outcome.Held.class);
  }

  @Test
  void cancel_givesBackAndTellsTheStoreNothing() {
    for (int i = 0; i < 10; i++) {
      Hold hold = hold(MINUTE);
      assertThat(local(hold)).isInstanceOf(Outcome.Held.class);
      counters.cancel(hold);
      counters.cancel(hold);
    }
    store.away = false;
    counters.adopt();
    assertThat(store.log).isEmpty();
  }

  @Test
  void attemptsOfOneRequest_shareOneCharge_untilNoneRanAndAllHaveEnded() {
    Rate three = new Rate(3, Duration.ofMinutes(1));
    Hold first = attempt("r1", three);
    Hold second = attempt("r1", three);
    assertThat(local(first)).isInstanceOf(Outcome.Held.class);
    assertThat(local(second)).isInstanceOf(Outcome.Held.class);
    assertThat(local(attempt("r2", three))).isInstanceOf(Outcome.ShareExceeded.class);

    counters.cancel(first);
    assertThat(local(attempt("r2", three))).isInstanceOf(Outcome.ShareExceeded.class);
    counters.cancel(second);
    assertThat(local(attempt("r2", three))).isInstanceOf(Outcome.Held.class);
  }

  @Test
  void storeIsBack_adoptsAll_whatRunsAndWhatHasEnded_asOfThen() {
    Hold ended = hold(MINUTE);
    Hold runs = hold(MINUTE);
    local(ended);
    pass(2_000);
    local(runs);
    counters.settle(ended, COMPLETED);
    assertThat(store.log).isEmpty();
    pass(1_000);
    counters.adopt();
    assertThat(store.log).as("while it is away").isEmpty();

    store.away = false;
    counters.adopt();

    // The one that was tried before goes behind the others.
    assertThat(store.log).containsExactlyInAnyOrder("adopt 1 3000 settled", "adopt 2 1000");
    assertThat(join(counters.renew(runs))).isTrue();
    counters.settle(runs, COMPLETED);
    counters.adopt();
    assertThat(store.log.subList(2, 4)).containsExactly("renew 2", "settle 2");
    assertThat(store.log).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({"true, true, cancel 1", "true, false, cancel 1", "false, true, settle 1"})
  void endWhileTheStoreIsToAdopt_isToldAfterwards(
      boolean cancelled, boolean answered, String told) {
    Hold hold = hold(MINUTE);
    local(hold);
    store.pending = Optional.of(new CompletableFuture<>());
    counters.adopt();
    assertThat(store.log).containsExactly("adopt 1 0");
    if (cancelled) {
      counters.cancel(hold);
    } else {
      counters.settle(hold, COMPLETED);
    }
    assertThat(store.log).hasSize(1);

    CompletableFuture<Boolean> adoption = store.pending.orElseThrow();
    store.pending = Optional.empty();
    store.away = false;
    if (answered) {
      adoption.complete(true);
    } else {
      adoption.completeExceptionally(new IllegalStateException("away"));
    }
    counters.adopt();

    assertThat(store.log).containsExactly("adopt 1 0", told);
  }

  @Test
  void adoptionWasNotAnsweredButDone_isRepeated_andTheEndToldAsWell() {
    Hold hold = hold(MINUTE);
    local(hold);
    store.away = false;
    store.deaf = true;
    counters.adopt();
    counters.settle(hold, COMPLETED);
    store.deaf = false;

    counters.adopt();

    assertThat(store.log).containsExactly("adopt 1 0", "adopt 1 0 settled", "settle 1");
  }

  @Test
  void storeThatSaysWhoKeysAreAndDoesNotCount_ofNoUseAfterTheTimeOfKeys() {
    Rate many = new Rate(1_000, Duration.ofMinutes(1));
    assertThat(local(hold(many))).isInstanceOf(Outcome.Held.class);
    pass(29_999);
    counters.answered();
    assertThat(local(hold(many))).isInstanceOf(Outcome.Held.class);
    pass(1);
    assertThat(local(hold(many))).isInstanceOf(Outcome.Unavailable.class);

    store.away = false;
    join(counters.admit(hold(many), 1));
    assertThat(local(hold(many))).isInstanceOf(Outcome.Held.class);
  }

  @ParameterizedTest
  @CsvSource({"EXCEEDED, false", "STALE, false", "OF_ANOTHER, false", "HELD, true"})
  void storeThatAnswersAndDoesNotCount_timeGoesOn_ofEachOrganizationByItself(
      String answer, boolean admitted) {
    local(hold(MINUTE));
    pass(29_999);
    store.away = false;
    store.outcome =
        switch (answer) {
          case "EXCEEDED" -> new Outcome.Exceeded(List.of());
          case "STALE" -> new Outcome.Stale();
          default -> new Outcome.Held(List.of());
        };
    join(counters.admit(answer.equals("OF_ANOTHER") ? of("other", MINUTE) : hold(MINUTE), 1));
    counters.answered();
    pass(1);

    assertThat(local(hold(MINUTE)))
        .isInstanceOf(admitted ? Outcome.Held.class : Outcome.Unavailable.class);
    assertThat(local(of("third", MINUTE))).isInstanceOf(Outcome.Held.class);
    assertThat(local(hold())).as("nothing is to be counted").isInstanceOf(Outcome.Held.class);
  }

  @Test
  void cancelAfterAnAdoptionThatWasNotAnswered_isToldToTheStoreAsWell() {
    Hold hold = hold(MINUTE);
    local(hold);
    store.away = false;
    store.deaf = true;
    counters.adopt();

    counters.cancel(hold);

    assertThat(store.log).containsExactly("adopt 1 0", "cancel 1");
    assertThat(counters.notAdopted()).isZero();
  }

  @Test
  void renew_storeHasForgottenWhatRuns_isResumed_butNotWhatHasEnded() {
    Hold hold = hold(MINUTE, new Concurrency(3));
    store.away = false;
    store.forgetful = true;
    join(counters.admit(hold, 1));

    assertThat(join(counters.renew(hold))).isTrue();
    counters.settle(hold, COMPLETED);
    assertThat(join(counters.renew(hold))).isFalse();

    assertThat(store.log).containsExactly("renew 1", "resume 1", "settle 1", "renew 1");
  }

  @Test
  void holdsThatCountNothing_areNotKept() {
    local(hold());
    local(hold(MINUTE.inShadow()));

    assertThat(counters.notAdopted()).isZero();
  }

  @Test
  void holdsWhoseWindowsHavePassed_areForgotten_unlessTheyRun() {
    Hold settled = hold(MINUTE, new Concurrency(9));
    local(settled);
    counters.settle(settled, COMPLETED);
    local(hold(MINUTE));
    local(hold(MINUTE, new Concurrency(9)));
    pass(60_000);
    assertThat(counters.notAdopted()).isEqualTo(3);
    pass(10_000);
    assertThat(counters.notAdopted()).isEqualTo(1);
  }

  @Test
  void oneOrganization_keepsHalfOfTheHoldsThatMayBe_whatItsEndUsersAreCalled() {
    Rate much = new Rate(1_000_000, Duration.ofHours(1));
    LocalCounters few =
        new LocalCounters(OutagePolicy.DEFAULT, () -> 1, new RunningHere(), () -> now, 10);
    int admitted = 0;
    for (int i = 0; i < 20; i++) {
      Scope user = new Scope(Scope.Level.USER, "u", new Scope.Part.All(), endUser(i));
      Hold hold =
          new Hold(
              "h" + i,
              Optional.empty(),
              "acme",
              List.of(new ScopedLimit(user, much)),
              Duration.ofMinutes(1));
      admitted += few.admit(hold) instanceof Outcome.Held ? 1 : 0;
    }
    assertThat(admitted).isEqualTo(5);
    assertThat(few.admit(of("other", much))).isInstanceOf(Outcome.Held.class);
  }

  @Test
  void adoptionThatThrows_doesNotKeepOutLaterOnes() {
    local(hold(MINUTE));
    store.broken = true;
    counters.adopt();
    store.broken = false;
    store.away = false;
    counters.adopt();

    assertThat(store.log).containsExactly("adopt 1 0");
    assertThat(counters.notAdopted()).isZero();
  }

  @Test
  void attempts_oneAdoptedAndOneCancelled_theNextRequestOfThatNameIsChargedAnew() {
    Rate two = new Rate(6, Duration.ofMinutes(1));
    Hold first = attempt("r1", two);
    Hold second = attempt("r1", two);
    local(first);
    local(second);
    store.away = false;
    counters.adopt();
    store.away = true;
    // Both were adopted: what comes now has a charge of its own.
    assertThat(local(attempt("r1", two))).isInstanceOf(Outcome.Held.class);
    assertThat(local(attempt("r2", two))).isInstanceOf(Outcome.ShareExceeded.class);
  }

  private static Optional<EndUser> endUser(int number) {
    return Optional.of(EndUser.named("invented-" + number));
  }

  private Hold of(String organization, Limit limit) {
    return new Hold(
        Integer.toString(++ids),
        Optional.empty(),
        organization,
        List.of(new ScopedLimit(USER, limit)),
        Duration.ofMinutes(1));
  }

  private Outcome local(Hold hold) {
    return join(counters.withoutStore().admit(hold, 1));
  }

  private Hold hold(Limit... limits) {
    return hold(Optional.empty(), limits);
  }

  private Hold attempt(String request, Limit... limits) {
    return hold(Optional.of(request), limits);
  }

  private Hold hold(Optional<String> request, Limit... limits) {
    List<ScopedLimit> scoped = new ArrayList<>();
    for (Limit limit : limits) {
      scoped.add(new ScopedLimit(USER, limit));
    }
    return new Hold(Integer.toString(++ids), request, "acme", scoped, Duration.ofMinutes(1));
  }

  private void pass(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
