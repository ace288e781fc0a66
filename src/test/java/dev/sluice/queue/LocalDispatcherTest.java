package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.queue.Dispatcher.Grant;
import dev.sluice.queue.Dispatcher.Outcome;
import dev.sluice.queue.Dispatcher.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LocalDispatcherTest {
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration WAIT = Duration.ofSeconds(10);

  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

  private LocalDispatcher dispatcher(BatchSlots... deployments) {
    return new LocalDispatcher(List.of(deployments), LEASE, nanos::get);
  }

  private static BatchSlots deployment(String name, int slots, String... labels) {
    return new BatchSlots(name, Set.of("m", "n"), slots, new QosList(List.of(labels)));
  }

  private static Ticket ticket(String model, String qos) {
    return ticket(model, qos, 100);
  }

  private static Ticket ticket(String model, String qos, int depth) {
    return new Ticket("id", model, qos, depth, WAIT);
  }

  private void pass(long millis) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static Optional<Outcome> outcome(Waiter waiter) {
    return Optional.ofNullable(waiter.outcome().toCompletableFuture().getNow(null));
  }

  private static boolean waits(Waiter waiter) {
    return outcome(waiter).isEmpty();
  }

  private static Grant grant(Waiter waiter) {
    return ((Outcome.Granted) outcome(waiter).orElseThrow()).grant();
  }

  private static boolean renew(Grant grant) {
    return grant.renew().toCompletableFuture().join();
  }

  @Test
  void enqueue_freeSlot_grantsAtOnce() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));

    assertThat(grant(dispatcher.enqueue(ticket("m", "web"))).deployment()).isEqualTo("a");
  }

  @ParameterizedTest
  @CsvSource({"m, gold", "other, web", "other, gold"})
  void enqueue_noDeploymentServesIt_isUnserved(String model, String qos) {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));

    assertThat(outcome(dispatcher.enqueue(ticket(model, qos)))).contains(new Outcome.Unserved());
  }

  @Test
  void enqueue_severalFree_takesTheOneThatRanksTheLabelFirstThenTheFreest() {
    LocalDispatcher dispatcher =
        dispatcher(
            deployment("last", 9, "free", "web"),
            deployment("small", 1, "web"),
            deployment("big", 2, "web", "free"));
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      taken.add(grant(dispatcher.enqueue(ticket("m", "web"))).deployment());
    }

    assertThat(taken).containsExactly("big", "small", "big", "last");
  }

  @Test
  void enqueue_queueDepthReached_isFull() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web", "free"));
    dispatcher.enqueue(ticket("m", "web"));
    Waiter first = dispatcher.enqueue(ticket("m", "web", 2));
    Waiter second = dispatcher.enqueue(ticket("m", "web", 2));

    assertThat(outcome(dispatcher.enqueue(ticket("m", "web", 2))))
        .contains(new Outcome.Full(2, 2, Duration.ofSeconds(1)));
    assertThat(outcome(dispatcher.enqueue(ticket("m", "web", 0))))
        .contains(new Outcome.Full(2, 0, Duration.ofSeconds(1)));
    assertThat(waits(dispatcher.enqueue(ticket("n", "web", 1)))).isTrue();
    assertThat(waits(dispatcher.enqueue(ticket("m", "free", 1)))).isTrue();
    assertThat(waits(dispatcher.enqueue(ticket("m", "web", 3)))).isTrue();
    assertThat(waits(first)).isTrue();
    assertThat(waits(second)).isTrue();
  }

  @Test
  void enqueue_depthZeroAndFreeSlot_isGranted() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));

    assertThat(grant(dispatcher.enqueue(ticket("m", "web", 0)))).isNotNull();
  }

  @Test
  void enqueue_noTimeToWait_timesOutAtOnce() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    dispatcher.enqueue(ticket("m", "web"));

    assertThat(outcome(dispatcher.enqueue(new Ticket("id", "m", "web", 1, Duration.ZERO))))
        .contains(new Outcome.TimedOut(Duration.ZERO, Duration.ofSeconds(1)));
  }

  @Test
  void release_labelsInTwoOrders_deploymentsServeInOppositeOrder() {
    LocalDispatcher dispatcher =
        dispatcher(deployment("A", 1, "web", "free"), deployment("B", 1, "free", "web"));
    Grant a = grant(dispatcher.enqueue(ticket("m", "web")));
    Grant b = grant(dispatcher.enqueue(ticket("m", "free")));
    assertThat(a.deployment()).isEqualTo("A");
    assertThat(b.deployment()).isEqualTo("B");
    List<Waiter> free = List.of(enqueue(dispatcher, "free"), enqueue(dispatcher, "free"));
    List<Waiter> web = List.of(enqueue(dispatcher, "web"), enqueue(dispatcher, "web"));

    a.release();
    assertThat(grant(web.get(0)).deployment()).isEqualTo("A");
    b.release();
    assertThat(grant(free.get(0)).deployment()).isEqualTo("B");
    grant(web.get(0)).release();
    assertThat(grant(web.get(1)).deployment()).isEqualTo("A");
    grant(web.get(1)).release();
    assertThat(grant(free.get(1)).deployment()).isEqualTo("A");
  }

  private static Waiter enqueue(LocalDispatcher dispatcher, String qos) {
    return dispatcher.enqueue(ticket("m", qos));
  }

  @Test
  void release_oneLabelTwoModels_firstComeFirstServed() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    Grant grant = grant(dispatcher.enqueue(ticket("m", "web")));
    Waiter n = dispatcher.enqueue(ticket("n", "web"));
    Waiter m = dispatcher.enqueue(ticket("m", "web"));

    grant.release();
    assertThat(waits(m)).isTrue();
    grant(n).release();
    assertThat(waits(m)).isFalse();
  }

  @Test
  void release_twice_freesOneSlot() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    Grant grant = grant(dispatcher.enqueue(ticket("m", "web")));
    Waiter next = dispatcher.enqueue(ticket("m", "web"));
    Waiter last = dispatcher.enqueue(ticket("m", "web"));

    grant.release();
    grant.release();

    assertThat(waits(next)).isFalse();
    assertThat(waits(last)).isTrue();
  }

  @Test
  void cancel_waiting_leavesTheLine() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    Grant grant = grant(dispatcher.enqueue(ticket("m", "web")));
    Waiter gone = dispatcher.enqueue(ticket("m", "web", 1));

    gone.cancel();
    gone.cancel();

    assertThat(outcome(gone)).contains(new Outcome.Cancelled());
    Waiter next = dispatcher.enqueue(ticket("m", "web", 1));
    grant.release();
    assertThat(waits(next)).isFalse();
  }

  @Test
  void cancel_granted_releasesTheGrant() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    Waiter held = dispatcher.enqueue(ticket("m", "web"));
    Waiter next = dispatcher.enqueue(ticket("m", "web"));

    held.cancel();

    assertThat(waits(next)).isFalse();
    assertThat(renew(grant(held))).isFalse();
  }

  @Test
  void expire_maxWaitReached_timesOut() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    dispatcher.enqueue(ticket("m", "web"));
    Waiter waiter = dispatcher.enqueue(ticket("m", "web"));

    pass(9_999);
    dispatcher.expire();
    assertThat(waits(waiter)).isTrue();
    pass(1);
    dispatcher.expire();

    assertThat(outcome(waiter)).contains(new Outcome.TimedOut(WAIT, Duration.ofSeconds(1)));
    assertThat(dispatcher.snapshot().waiting()).allMatch(line -> line.waiters() == 0);
  }

  @Test
  void expire_leaseEnded_slotIsAnothers() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    Grant dead = grant(dispatcher.enqueue(ticket("m", "web")));
    pass(59_999);
    Waiter next = dispatcher.enqueue(ticket("m", "web"));
    dispatcher.expire();
    assertThat(waits(next)).isTrue();
    pass(1);
    dispatcher.expire();

    assertThat(waits(next)).isFalse();
    assertThat(renew(dead)).isFalse();
    dead.release();
    assertThat(renew(grant(next))).isTrue();
    assertThat(dispatcher.snapshot().running())
        .containsExactly(new QueueSnapshot.Running("a", 1, 1));
  }

  @Test
  void renew_inTime_prolongsTheLease() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    Grant grant = grant(dispatcher.enqueue(ticket("m", "web")));

    for (int i = 0; i < 5; i++) {
      pass(59_999);
      assertThat(renew(grant)).isTrue();
    }
    pass(60_000);
    assertThat(renew(grant)).isFalse();
  }

  /** Both have passed when the call comes: what came first in time wins. */
  @ParameterizedTest
  @CsvSource({"49_000, false", "49_999, false", "50_000, true", "51_000, true"})
  void expire_lateCall_endsInTheOrderOfTimes(String enqueuedAt, boolean granted) {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    dispatcher.enqueue(ticket("m", "web"));
    long at = Long.parseLong(enqueuedAt.replace("_", ""));
    pass(at);
    Waiter waiter = dispatcher.enqueue(ticket("m", "web"));

    pass(100_000 - at);
    dispatcher.expire();

    assertThat(outcome(waiter).orElseThrow() instanceof Outcome.Granted).isEqualTo(granted);
  }

  @Test
  void retryAfter_isTheMeanTimeBetweenGrants() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    Waiter running = dispatcher.enqueue(ticket("m", "web"));
    for (int i = 0; i < 5; i++) {
      Waiter next = dispatcher.enqueue(ticket("m", "web"));
      pass(4_000);
      grant(running).release();
      running = next;
    }
    assertThat(retryAfter(dispatcher)).isEqualTo(Duration.ofSeconds(4));

    // A quiet hour says nothing about how fast the line moves.
    grant(running).release();
    pass(3_600_000);
    running = dispatcher.enqueue(ticket("m", "web"));
    Waiter next = dispatcher.enqueue(ticket("m", "web"));
    pass(9_000);
    grant(running).release();
    assertThat(retryAfter(dispatcher)).isEqualTo(Duration.ofSeconds(5));
    assertThat(waits(next)).isFalse();
  }

  @Test
  void retryAfter_isBounded() {
    DrainRate slow = new DrainRate();
    slow.drained(0, Duration.ofHours(1).toNanos());
    assertThat(slow.retryAfter()).isEqualTo(Duration.ofSeconds(60));

    DrainRate quick = new DrainRate();
    quick.drained(0, 1);
    assertThat(quick.retryAfter()).isEqualTo(Duration.ofSeconds(1));
    assertThat(new DrainRate().retryAfter()).isEqualTo(Duration.ofSeconds(1));
  }

  private static Duration retryAfter(LocalDispatcher dispatcher) {
    Outcome outcome = outcome(dispatcher.enqueue(ticket("m", "web", 0))).orElseThrow();
    return ((Outcome.Full) outcome).retryAfter();
  }

  @Test
  void snapshot_showsWaitersAndSlots() {
    LocalDispatcher dispatcher =
        dispatcher(new BatchSlots("a", Set.of("m"), 2, new QosList(List.of("web", "free"))));
    dispatcher.enqueue(ticket("m", "web"));
    dispatcher.enqueue(ticket("m", "web"));
    dispatcher.enqueue(ticket("m", "web"));
    pass(1_500);
    dispatcher.enqueue(ticket("m", "web"));

    assertThat(dispatcher.snapshot())
        .isEqualTo(
            new QueueSnapshot(
                List.of(
                    new QueueSnapshot.Waiting("m", "web", 2, 1_500),
                    new QueueSnapshot.Waiting("m", "free", 0, 0)),
                List.of(new QueueSnapshot.Running("a", 2, 2))));
  }

  @Test
  void outcome_callsBack_withoutDeadlock() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    Grant grant = grant(dispatcher.enqueue(ticket("m", "web")));
    Waiter next = dispatcher.enqueue(ticket("m", "web"));
    Waiter last = dispatcher.enqueue(ticket("m", "web"));
    next.outcome().thenAccept(outcome -> ((Outcome.Granted) outcome).grant().release());

    grant.release();

    assertThat(waits(last)).isFalse();
  }

  @Test
  void outcome_completedByTheCaller_changesNothing() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    dispatcher.enqueue(ticket("m", "web"));
    Waiter next = dispatcher.enqueue(ticket("m", "web"));

    next.outcome().toCompletableFuture().cancel(true);

    assertThat(waits(next)).isTrue();
  }

  @Test
  void enqueue_waitOfAges_doesNotOverflow() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    dispatcher.enqueue(ticket("m", "web"));
    Waiter patient =
        dispatcher.enqueue(new Ticket("id", "m", "web", 1, Duration.ofSeconds(Long.MAX_VALUE)));
    pass(30_000);
    dispatcher.expire();

    assertThat(waits(patient)).isTrue();
  }

  @Test
  void create_nonsense_isRefused() {
    assertThatThrownBy(() -> dispatcher(deployment("a", 1, "web"), deployment("a", 1, "web")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two deployments are named a");
    assertThatThrownBy(() -> new LocalDispatcher(List.of(), Duration.ZERO, nanos::get))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a lease must be longer than nothing: PT0S");
  }

  @Test
  void configure_moreSlots_servesThoseWhoWait() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    dispatcher.enqueue(ticket("m", "web"));
    Waiter second = dispatcher.enqueue(ticket("m", "web"));

    dispatcher.configure(List.of(deployment("a", 2, "web")));

    assertThat(grant(second).deployment()).isEqualTo("a");
  }

  @Test
  void configure_fewerSlotsThanRun_takesNoneUntilEnoughHaveEnded() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 2, "web"));
    Grant first = grant(dispatcher.enqueue(ticket("m", "web")));
    Grant second = grant(dispatcher.enqueue(ticket("m", "web")));

    dispatcher.configure(List.of(deployment("a", 1, "web")));
    Waiter third = dispatcher.enqueue(ticket("m", "web"));
    first.release();

    assertThat(waits(third)).isTrue();
    second.release();
    assertThat(grant(third).deployment()).isEqualTo("a");
  }

  @Test
  void configure_modelGone_isUnserved() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    dispatcher.enqueue(ticket("m", "web"));
    Waiter second = dispatcher.enqueue(ticket("m", "web"));

    dispatcher.configure(List.of(new BatchSlots("a", Set.of("n"), 1, new QosList(List.of("web")))));

    assertThat(outcome(second)).contains(new Outcome.Unserved());
  }

  @Test
  void configure_labelGone_whoWaitsIsServedLast() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "free", "web"));
    Grant running = grant(dispatcher.enqueue(ticket("m", "web")));
    Waiter free = dispatcher.enqueue(ticket("m", "free"));

    dispatcher.configure(List.of(deployment("a", 1, "web")));
    Waiter web = dispatcher.enqueue(ticket("m", "web"));
    running.release();

    assertThat(waits(free)).isTrue();
    grant(web).release();
    assertThat(grant(free).deployment()).isEqualTo("a");
  }

  @Test
  void configure_labelGone_whoWasDecidedBeforeJoinsAndLaterOnesDoNot() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "free", "web"));
    dispatcher.configure(List.of(deployment("a", 1, "web")));

    grant(dispatcher.enqueue(ticket("m", "free"))).release();
    pass(5_000);

    assertThat(outcome(dispatcher.enqueue(ticket("m", "free")))).contains(new Outcome.Unserved());
  }

  @Test
  void configure_deploymentLeavesAndReturns_countsWhatItStillRuns() {
    LocalDispatcher dispatcher = dispatcher(deployment("a", 1, "web"));
    Grant running = grant(dispatcher.enqueue(ticket("m", "web")));

    dispatcher.configure(List.of(deployment("b", 1, "web")));
    dispatcher.configure(List.of(deployment("a", 1, "web")));
    Waiter next = dispatcher.enqueue(ticket("m", "web"));

    assertThat(waits(next)).isTrue();
    running.release();
    assertThat(grant(next).deployment()).isEqualTo("a");
  }
}
