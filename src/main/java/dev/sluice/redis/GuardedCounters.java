package dev.sluice.redis;

import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.Counts;
import dev.sluice.ratelimit.OutageAnswer;
import dev.sluice.ratelimit.RateLimitCounters;
import dev.sluice.redis.RedisUnavailable.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
  private final UnusableCounters unusable;

  /**
   * What the log says of an outage.
   *
   * @param redis its name, in metrics too
   * @param timeout of a call
   * @param outage what requests get meanwhile
   */
  public record Described(String redis, Duration timeout, OutageAnswer outage) {
    private String meanwhile() {
      return switch (outage) {
        case ERROR -> "get an error";
        case OPEN -> "pass";
        case CLOSED -> "are over their limits";
        case SHARE -> "are counted by this replica alone, up to its share";
      };
    }
  }

  /**
   * @param nanos a ticker, as {@link System#nanoTime}
   */
  public GuardedCounters(
      Described described, RateLimitCounters counters, LongSupplier nanos, Metrics metrics) {
    this.counters = counters;
    this.breaker = new CircuitBreaker(nanos, new Told(described, metrics));
    this.unusable = new UnusableCounters(nanos);
    metrics.rateLimitCircuit(described.redis, false);
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
              } else if (cause(failure) instanceof RedisUnavailable unavailable) {
                failed(unavailable);
              }
            });
  }

  /** An error is an answer, and says nothing of other calls; so does a queue that is full. */
  private void failed(RedisUnavailable failure) {
    if (failure.outcome() != Outcome.ERROR) {
      breaker.lost();
    } else if (!failure.away()) {
      unusable.met(failure);
    }
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private record Told(Described described, Metrics metrics) implements CircuitBreaker.Listener {
    @Override
    public void opened() {
      metrics.rateLimitCircuit(described.redis, true);
      log.warn(
          "descriptor limits: Redis ({}) does not answer within {} ms, which is rateLimit.timeout"
              + " (SLUICE_RATE_LIMIT_TIMEOUT); until it does, requests {} at once: rateLimit.outage"
              + " (SLUICE_RATE_LIMIT_OUTAGE) is {}",
          described.redis,
          described.timeout.toMillis(),
          described.meanwhile(),
          described.outage.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void closed(long nanosOpen) {
      metrics.rateLimitCircuit(described.redis, false);
      log.info(
          "descriptor limits: Redis ({}) answers again, after {} ms",
          described.redis,
          TimeUnit.NANOSECONDS.toMillis(nanosOpen));
    }
  }
}
