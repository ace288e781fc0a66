package dev.sluice.bench;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The requests of one measurement. Confined to one event loop, but for {@link #await}. */
final class Run {
  private static final Duration LATEST_ANSWER = Duration.ofSeconds(40);

  private final CompletableFuture<Requests> done = new CompletableFuture<>();
  private final long started = System.nanoTime();
  private final Latencies latencies = new Latencies();
  private long running;
  private long failed;
  private Optional<String> failure = Optional.empty();

  void began() {
    running++;
  }

  /** One of those that began has an answer, and another takes its place. */
  void answered(long since) {
    latencies.add(System.nanoTime() - since);
  }

  /** One of those that began has its answer. */
  void succeeded(long since) {
    answered(since);
    over();
  }

  void failed(String why) {
    failed++;
    failure = failure.or(() -> Optional.of(why));
    over();
  }

  void over() {
    if (--running == 0) {
      done.complete(new Requests(System.nanoTime() - started, failed, failure, latencies));
    }
  }

  /**
   * Blocks until all that began are over.
   *
   * @param time for which requests are sent
   */
  Requests await(Duration time) {
    try {
      return done.get(time.plus(LATEST_ANSWER).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new BenchFailed("requests are without an answer after " + LATEST_ANSWER);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchFailed("interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("only completed normally", e);
    }
  }
}
