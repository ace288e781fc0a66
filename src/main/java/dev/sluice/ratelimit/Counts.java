package dev.sluice.ratelimit;

/**
 * What the counters say to some hits: of each, in their order. Filled by one thread and then handed
 * on.
 */
public final class Counts {
  private final long[] values;
  private final long[] millisUntilReset;

  /** All zero. */
  public Counts(int size) {
    this.values = new long[size];
    this.millisUntilReset = new long[size];
  }

  /**
   * Sets what is said to one of the hits.
   *
   * @param value as {@link #value} tells it
   * @param millis as {@link #millisUntilReset} tells it; 0 for a fixed window
   */
  public void set(int index, long value, long millis) {
    values[index] = value;
    millisUntilReset[index] = millis;
  }

  /** The counter after these hits and all before them; more than the limit: they are over it. */
  public long value(int index) {
    return values[index];
  }

  /**
   * Of a rolling limit: until nothing counts any more, or, over the limit, until as many hits would
   * pass.
   */
  public long millisUntilReset(int index) {
    return millisUntilReset[index];
  }

  public int size() {
    return values.length;
  }
}
