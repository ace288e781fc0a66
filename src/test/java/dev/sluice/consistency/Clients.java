package dev.sluice.consistency;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** Clients who ask in all ways with one key, one request after the other, until they are closed. */
final class Clients implements AutoCloseable {
  private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final List<Way> ways;
  private volatile boolean over;

  /**
   * What one request came to.
   *
   * @param began in nanoseconds of this process
   */
  record Seen(Way way, long began, long ended, String verdict) {}

  Clients(List<Way> ways, String key) {
    this.ways = List.copyOf(ways);
    for (Way way : ways) {
      Thread thread = new Thread(() -> ask(way, key), way.name());
      threads.add(thread);
      thread.start();
    }
  }

  private void ask(Way way, String key) {
    while (!over) {
      long began = System.nanoTime();
      String verdict;
      try {
        verdict = way.verdict().apply(key);
      } catch (RuntimeException e) {
        verdict = e.toString();
      }
      seen.add(new Seen(way, began, System.nanoTime(), verdict));
      pause();
    }
  }

  /** The tests of others run on the same machine. */
  private static void pause() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until so many requests of each way that began after a moment have their answers. */
  void await(int requests, long after) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              Map<Way, Long> counts =
                  seen.stream()
                      .filter(one -> one.began() > after)
                      .collect(Collectors.groupingBy(Seen::way, Collectors.counting()));
              return ways.stream().allMatch(way -> counts.getOrDefault(way, 0L) >= requests);
            });
  }

  /** All that was seen, by the time at which it began. */
  List<Seen> seen() {
    return List.copyOf(seen);
  }

  /** Holds that each request in a time was answered in this way. */
  void allSaw(Way.Kind kind, String verdict, long beganAfter, long endedBefore) {
    List<Seen> in =
        seen.stream()
            .filter(one -> one.way().kind() == kind)
            .filter(one -> one.began() > beganAfter && one.ended() < endedBefore)
            .toList();
    assertThat(in).isNotEmpty();
    assertThat(in.stream().filter(one -> !one.verdict().equals(verdict)))
        .as("what was not answered '%s' of %d requests", verdict, in.size())
        .isEmpty();
  }

  /** Ends them, and waits for what they have asked. */
  void end() {
    over = true;
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofMinutes(1).toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    end();
  }
}
