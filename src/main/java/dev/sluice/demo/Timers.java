package dev.sluice.demo;

import java.util.concurrent.TimeUnit;

/** What the event loop's timers can do. */
final class Timers {
  private Timers() {}

  /** The delay, which is above 0, in whole milliseconds: a timer may be late, never early. */
  static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos + 999_999);
  }
}
