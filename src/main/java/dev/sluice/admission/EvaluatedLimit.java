package dev.sluice.admission;

import java.time.Duration;
import java.util.Optional;

/**
 * A limit as a decision found it.
 *
 * @param used requests counted in the window, or running, or end users, with this one when it was
 *     admitted
 * @param reset until the window is empty again, if nothing more is counted; of concurrency and of
 *     end users as {@code retryAfter}
 * @param retryAfter until one more request would pass; zero when it would pass now, empty when it
 *     never will; of concurrency a guess, because nobody knows when a running request ends
 */
public record EvaluatedLimit(
    ScopedLimit limit, long used, Duration reset, Optional<Duration> retryAfter) {
  public long allowed() {
    return limit.limit().allowed();
  }

  public long remaining() {
    return Math.max(0, allowed() - used);
  }

  /** The same after the request that it was evaluated for was taken back. */
  public EvaluatedLimit givenBack() {
    return new EvaluatedLimit(limit, used - 1, reset, Optional.of(Duration.ZERO));
  }

  /** Whether one more request would be refused. */
  public boolean exhausted() {
    return !retryAfter.equals(Optional.of(Duration.ZERO));
  }
}
