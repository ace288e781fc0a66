package dev.sluice.redis;

import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.Counts;
import dev.sluice.ratelimit.RateLimitCounters;
import dev.sluice.redis.RedisUnavailable.Outcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counters behind a circuit breaker: while Redis does not answer, calls fail at once, and nothing
 * piles up. Fails with {@link RedisUnavailable}.
 */
public final class GuardedCounters implements RateLimitCounters {
  private static final Logger log = LoggerFactory.getLogger(GuardedCounters.class);

  private final RateLimitCounters counters;
  private final CircuitBreaker breaker;

  /**
   * @param name of the Redis, in the log and in metrics
   * @param nanos a ticker, as {@link System#nanoTime}
   */
  public GuardedCounters(
      String name, RateLimitCounters counters, LongSupplier nanos, Metrics metrics) {
    this.counters = counters;
    this.breaker = new CircuitBreaker(nanos, new Told(name, metrics));
    metrics.rateLimitCircuit(name, false);
  }

  @Override
  public CompletionStage<Counts> count(List<Hits> hits) {
    if (!breaker.allows()) {
      return CompletableFuture.failedFuture(
          new RedisUnavailable(
              Outcome.CIRCUIT_OPEN, "count", "not asked, as it did not answer before"));
    }
    return counters
        .count(hits)
        .whenComplete(
            (counts, failure) -> {
              if (failure == null) {
                breaker.answered();
              } else if (isLoss(failure)) {
                breaker.lost();
              }
            });
  }

  /** An error is an answer, and says nothing of other calls; so does a queue that is full. */
  private static boolean isLoss(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RedisUnavailable unavailable && unavailable.outcome() != Outcome.ERROR;
  }

  private record Told(String name, Metrics metrics) implements CircuitBreaker.Listener {
    @Override
    public void opened() {
      metrics.rateLimitCircuit(name, true);
      log.warn(
          "descriptor limits: Redis ({}) does not answer; until it does, requests are answered at"
              + " once, by rateLimit.outage",
          name);
    }

    @Override
    public void closed(long nanosOpen) {
      metrics.rateLimitCircuit(name, false);
      log.info(
          "descriptor limits: Redis ({}) answers again, after {} ms",
          name,
          TimeUnit.NANOSECONDS.toMillis(nanosOpen));
    }
  }
}
