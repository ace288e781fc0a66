package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Dispatcher.Grant;
import dev.sluice.queue.Dispatcher.Outcome;
import dev.sluice.queue.Dispatcher.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Any sequence of calls has the outcomes that the slow dispatcher says. */
final class LocalDispatcherProperties {
  private static final Duration LEASE = Duration.ofNanos(20);
  private static final Duration GRACE = Duration.ofNanos(12);

  /** What can happen; {@code request} picks one of those made so far. */
  sealed interface Call {
    record Enqueue(Ticket ticket) implements Call {}

    record Cancel(int request) implements Call {}

    record Release(int request) implements Call {}

    record Renew(int request) implements Call {}

    record Pass(long nanos, boolean noticed) implements Call {}

    record Configure(List<BatchSlots> wanted) implements Call {}
  }

  /** A request as its caller sees it. */
  private static final class Seen {
    private final Waiter waiter;
    private final List<Outcome> outcomes = new ArrayList<>();

    private Seen(Waiter waiter) {
      this.waiter = waiter;
      waiter.outcome().thenAccept(outcomes::add);
    }

    private Optional<Grant> grant() {
      return outcomes.stream()
          .filter(Outcome.Granted.class::isInstance)
          .map(outcome -> ((Outcome.Granted) outcome).grant())
          .findFirst();
    }

    private String state() {
      assertThat(outcomes).as("outcomes of one request").hasSizeLessThan(2);
      if (outcomes.isEmpty()) {
        return SlowDispatcher.WAITING;
      }
      Outcome outcome = outcomes.get(0);
      if (outcome instanceof Outcome.Granted granted) {
        return "granted by " + granted.grant().deployment();
      } else if (outcome instanceof Outcome.TimedOut) {
        return "timed out";
      }
      return outcome.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }
  }

  @Property(tries = 2000)
  void anyCalls_outcomesAreThoseOfTheSlowDispatcher(
      @ForAll("deployments") List<BatchSlots> deployments, @ForAll("calls") List<Call> calls) {
    long[] now = new long[1];
    LocalDispatcher dispatcher = new LocalDispatcher(deployments, LEASE, GRACE, () -> now[0]);
    SlowDispatcher slow = new SlowDispatcher(deployments, LEASE.toNanos(), GRACE.toNanos());
    List<Seen> seen = new ArrayList<>();

    List<BatchSlots> current = deployments;
    for (Call call : calls) {
      run(call, dispatcher, slow, seen, now);
      current = call instanceof Call.Configure configure ? configure.wanted() : current;
      assertThat(seen.stream().map(Seen::state)).isEqualTo(slow.states());
    }
    QueueSnapshot snapshot = dispatcher.snapshot();
    slow.pass(now[0]);
    assertThat(snapshot.running())
        .startsWith(
            current.stream()
                .map(d -> new QueueSnapshot.Running(d.deployment(), slow.busy(d), d.slots()))
                .toArray(QueueSnapshot.Running[]::new));
    assertThat(snapshot.running().stream().skip(current.size()))
        .allMatch(leaving -> leaving.busy() > 0 && leaving.slots() == 0);
    assertNoSlotIsIdleForAWaiter(current, snapshot);
    assertNothingStays(dispatcher, seen, now);
  }

  private static void run(
      Call call, LocalDispatcher dispatcher, SlowDispatcher slow, List<Seen> seen, long[] now) {
    if (call instanceof Call.Enqueue enqueue) {
      seen.add(new Seen(dispatcher.enqueue(enqueue.ticket())));
      slow.enqueue(enqueue.ticket(), now[0]);
    } else if (call instanceof Call.Pass pass) {
      now[0] += pass.nanos();
      if (pass.noticed()) {
        dispatcher.expire();
        slow.pass(now[0]);
      }
    } else if (call instanceof Call.Configure configure) {
      dispatcher.configure(configure.wanted());
      slow.configure(configure.wanted(), now[0]);
    } else if (!seen.isEmpty()) {
      if (call instanceof Call.Cancel cancel) {
        int index = cancel.request() % seen.size();
        seen.get(index).waiter.cancel();
        dispatcher.expire();
        slow.cancel(index, now[0]);
      } else if (call instanceof Call.Release release) {
        int index = release.request() % seen.size();
        seen.get(index)
            .grant()
            .ifPresent(
                grant -> {
                  grant.release();
                  slow.release(index, now[0]);
                });
      } else if (call instanceof Call.Renew renew) {
        int index = renew.request() % seen.size();
        seen.get(index)
            .grant()
            .ifPresent(
                grant ->
                    assertThat(grant.renew().toCompletableFuture().join())
                        .isEqualTo(slow.renew(index, now[0])));
      }
    }
  }

  private static void assertNoSlotIsIdleForAWaiter(
      List<BatchSlots> deployments, QueueSnapshot snapshot) {
    for (int i = 0; i < deployments.size(); i++) {
      BatchSlots deployment = deployments.get(i);
      QueueSnapshot.Running running = snapshot.running().get(i);
      assertThat(running.busy()).isNotNegative();
      if (running.busy() < running.slots()) {
        assertThat(snapshot.waiting())
            .filteredOn(w -> deployment.models().contains(w.model()))
            .filteredOn(w -> deployment.qosList().labels().contains(w.qos()))
            .allMatch(w -> w.waiters() == 0);
      }
    }
  }

  /** When all waits and leases have ended, nothing is left, and every request had its answer. */
  private static void assertNothingStays(LocalDispatcher dispatcher, List<Seen> seen, long[] now) {
    // Who gets a slot at the end of a wait holds it for one lease more.
    for (int i = 0; i <= seen.size(); i++) {
      now[0] += LEASE.toNanos();
      dispatcher.expire();
    }
    QueueSnapshot end = dispatcher.snapshot();
    assertThat(end.waiting()).allMatch(waiting -> waiting.waiters() == 0);
    assertThat(end.running()).allMatch(running -> running.busy() == 0);
    assertThat(seen).allMatch(request -> request.outcomes.size() == 1);
  }

  @Provide
  Arbitrary<List<BatchSlots>> deployments() {
    Arbitrary<BatchSlots> one =
        Combinators.combine(
                Arbitraries.of("m", "n", "o").set().ofMinSize(1),
                Arbitraries.integers().between(1, 3),
                Arbitraries.of("web", "free", "gold").list().uniqueElements().ofMinSize(1))
            .as((models, slots, labels) -> new BatchSlots("d", models, slots, new QosList(labels)));
    return one.list().ofMinSize(1).ofMaxSize(3).map(LocalDispatcherProperties::named);
  }

  private static List<BatchSlots> named(List<BatchSlots> deployments) {
    List<BatchSlots> named = new ArrayList<>();
    for (BatchSlots d : deployments) {
      named.add(new BatchSlots("d" + named.size(), d.models(), d.slots(), d.qosList()));
    }
    return named;
  }

  @Provide
  Arbitrary<List<Call>> calls() {
    Arbitrary<Integer> request = Arbitraries.integers().between(0, 1000);
    Arbitrary<Call> enqueue =
        Combinators.combine(
                Arbitraries.of("m", "n", "o"),
                Arbitraries.of("web", "free", "gold"),
                Arbitraries.integers().between(0, 4),
                Arbitraries.longs().between(0, 30))
            .as(
                (model, label, depth, wait) ->
                    new Call.Enqueue(
                        new Ticket("id", model, label, depth, Duration.ofNanos(wait))));
    Arbitrary<Call> pass =
        Combinators.combine(Arbitraries.longs().between(0, 25), Arbitraries.of(true, false))
            .as(Call.Pass::new);
    return Arbitraries.frequencyOf(
            Tuple.of(8, enqueue),
            Tuple.of(1, request.map(Call.Cancel::new)),
            Tuple.of(3, request.map(Call.Release::new)),
            Tuple.of(1, request.map(Call.Renew::new)),
            Tuple.of(2, pass),
            Tuple.of(1, deployments().map(Call.Configure::new)))
        .list()
        .ofMinSize(5)
        .ofMaxSize(60);
  }
}
