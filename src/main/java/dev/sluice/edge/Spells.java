package dev.sluice.edge;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Says that something has begun and that it is over, once each, however often it is met in between;
 * what comes and goes is said once a minute at most.
 *
 * <p>Safe for use by many threads. It remembers each thing that was ever met: their number must be
 * bounded.
 */
final class Spells<K> {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final Map<K, Spell> spells = new ConcurrentHashMap<>();
  private final long quietNanos;
  private final LongSupplier ticker;

  /**
   * @param said whether its beginning is in the log
   * @param saidAt when the last beginning was; of {@code ticker}
   * @param met when it was met last
   */
  private record Spell(boolean on, boolean said, long saidAt, long met) {}

  /**
   * @param quiet how long it must not have been met to be over
   * @param ticker nanoseconds, as {@code System::nanoTime}
   */
  Spells(Duration quiet, LongSupplier ticker) {
    this.quietNanos = quiet.toNanos();
    this.ticker = ticker;
  }

  /**
   * It is so.
   *
   * @param line says that it has begun; must not block
   */
  void met(K what, Runnable line) {
    long now = ticker.getAsLong();
    spells.compute(
        what,
        (same, before) -> {
          if (before != null && before.on() && before.said()) {
            return new Spell(true, true, before.saidAt(), now);
          }
          if (before != null && now - before.saidAt() < MINUTE) {
            return new Spell(true, false, before.saidAt(), now);
          }
          line.run();
          return new Spell(true, true, now, now);
        });
  }

  /**
   * It is not so now.
   *
   * @param line says that it is over, if its beginning was said; must not block
   */
  void over(K what, Runnable line) {
    Spell known = spells.get(what);
    if (known == null || !known.on()) {
      return;
    }
    long now = ticker.getAsLong();
    spells.computeIfPresent(
        what,
        (same, before) -> {
          if (!before.on() || now - before.met() < quietNanos) {
            return before;
          }
          if (before.said()) {
            line.run();
          }
          return new Spell(false, false, before.saidAt(), before.met());
        });
  }
}
