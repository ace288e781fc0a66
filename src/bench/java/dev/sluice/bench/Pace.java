package dev.sluice.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** So many a second, evenly. */
record Pace(int perSecond) {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  Pace {
    if (perSecond < 1) {
      throw new BenchFailed("the rate must be at least one request a second, not " + perSecond);
    }
  }

  /**
   * Tells each moment when it has come, for so long, and blocks. Moments that were missed come all
   * at once: none is left out.
   *
   * @param due gets the moment that was meant, on the clock of {@link System#nanoTime}
   */
  void keep(Duration time, LongConsumer due) {
    long count = Math.max(1, perSecond * time.toNanos() / SECOND);
    long start = System.nanoTime();
    for (long i = 0; i < count; i++) {
      long moment = start + i * SECOND / perSecond;
      for (long wait = moment - System.nanoTime(); wait > 0; wait = moment - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      due.accept(moment);
    }
  }
}
