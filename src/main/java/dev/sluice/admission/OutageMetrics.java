package dev.sluice.admission;

/** Where it is counted what was decided without the store. */
public interface OutageMetrics {
  /** Decisions are made without the store from now on, or with it again. */
  void withoutStore(boolean now);

  /**
   * A decision was made without the store.
   *
   * @param outcome {@code admitted}, {@code known}, {@code refused} or {@code unavailable}
   */
  void decidedWithoutStore(String outcome);

  /** A hold that was admitted without the store will never be counted there. */
  void neverCounted();
}
