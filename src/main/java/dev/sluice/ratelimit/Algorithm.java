package dev.sluice.ratelimit;

/** How a limit counts. */
public enum Algorithm {
  /** In windows one after the other, aligned to the epoch, as envoyproxy/ratelimit does. */
  FIXED,

  /** What was in the last period, at each moment: never more than the limit in any period. */
  ROLLING
}
