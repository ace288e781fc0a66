package dev.sluice.policy;

/** How much may be used: one of a closed set of kinds. What it counts over is said beside it. */
public sealed interface Limit permits Rate, Concurrency, EndUsers {
  /** The most that may be in use: requests of a period, requests that run, or end users. */
  long allowed();

  /**
   * Whether it is only looked at: what it would have refused is reported and goes on. It counts
   * what it would have counted if it were enforced.
   */
  boolean shadow();

  /** The same in shadow. */
  Limit inShadow();
}
