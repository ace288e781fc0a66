package dev.sluice.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.queue.Dispatcher.Outcome;
import dev.sluice.queue.Dispatcher.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class LocalDispatcherThreadsTest {
  private static final int THREADS = 8;
  private static final int REQUESTS = 5_000;

  private final LocalDispatcher dispatcher =
      new LocalDispatcher(
          List.of(
              new BatchSlots("a", Set.of("m", "n"), 2, new QosList(List.of("web", "free"))),
              new BatchSlots("b", Set.of("m"), 3, new QosList(List.of("free", "web")))),
          Duration.ofMinutes(5),
          System::nanoTime);
  private final Map<String, AtomicInteger> busy =
      Map.of("a", new AtomicInteger(), "b", new AtomicInteger());
  private final Map<String, Integer> slots = Map.of("a", 2, "b", 3);
  private final AtomicInteger tooMany = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();

  @Test
  @Timeout(60)
  void manyThreads_nothingIsLostOrGrantedTwice() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> running = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(thread);
      running.add(threads.submit(() -> requests(random)));
    }
    for (Future<?> one : running) {
      while (!one.isDone()) {
        dispatcher.expire();
        LockSupport.parkNanos(100_000);
      }
      one.get();
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    while (answers.get() < THREADS * REQUESTS) {
      dispatcher.expire();
      LockSupport.parkNanos(100_000);
    }

    assertThat(answers).hasValue(THREADS * REQUESTS);
    assertThat(tooMany).hasValue(0);
    assertThat(dispatcher.snapshot().running()).allMatch(deployment -> deployment.busy() == 0);
    assertThat(dispatcher.snapshot().waiting()).allMatch(line -> line.waiters() == 0);
  }

  private void requests(Random random) {
    for (int i = 0; i < REQUESTS; i++) {
      Duration wait = Duration.ofNanos(random.nextInt(2_000_000));
      boolean cancels = random.nextInt(4) == 0;
      Waiter waiter =
          dispatcher.enqueue(
              new Ticket(
                  "id",
                  random.nextBoolean() ? "m" : "n",
                  random.nextBoolean() ? "web" : "free",
                  random.nextInt(50),
                  wait));
      waiter.outcome().thenAccept(outcome -> answered(outcome, cancels));
      if (cancels) {
        waiter.cancel();
      }
    }
  }

  /** A slot that cancel may free at any moment is not counted. */
  private void answered(Outcome outcome, boolean cancels) {
    if (outcome instanceof Outcome.Granted granted) {
      String deployment = granted.grant().deployment();
      if (!cancels) {
        AtomicInteger count = busy.getOrDefault(deployment, tooMany);
        if (count.incrementAndGet() > slots.getOrDefault(deployment, 0)) {
          tooMany.incrementAndGet();
        }
        Thread.onSpinWait();
        count.decrementAndGet();
        granted.grant().release();
      }
    }
    answers.incrementAndGet();
  }
}
