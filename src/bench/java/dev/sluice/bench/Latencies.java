package dev.sluice.bench;

import java.util.Arrays;

/** How long answers took, each of them. Confined to one thread until the last is added. */
final class Latencies {
  private long[] nanos = new long[1 << 12];
  private int count;

  void add(long latency) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = latency;
  }

  int count() {
    return count;
  }

  /** In microseconds; the least latency that so many percent do not exceed. */
  double percentile(double percent) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(percent / 100 * count);
    return sorted[Math.max(0, rank - 1)] / 1e3;
  }
}
