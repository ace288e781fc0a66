package dev.sluice.metrics;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/**
 * How long answers took since that was last asked: of each of them, or, when there are more than
 * {@value #MOST}, of as many that were drawn evenly. Kept only for somebody who will ask.
 *
 * <p>Safe for use by many threads.
 */
final class ResponseTimes {
  static final int MOST = 8_192;

  private volatile Drawing current = new Drawing(0);

  /** A reservoir: by Algorithm R, each answer has the same chance to be in it. */
  private static final class Drawing {
    private final AtomicLong seen = new AtomicLong();
    private final AtomicLongArray nanos;

    private Drawing(int most) {
      this.nanos = new AtomicLongArray(most);
    }

    private void add(long took) {
      if (nanos.length() == 0) {
        return;
      }
      long before = seen.getAndIncrement();
      long place =
          before < nanos.length() ? before : ThreadLocalRandom.current().nextLong(before + 1);
      if (place < nanos.length()) {
        nanos.set((int) place, Math.max(1, took));
      }
    }
  }

  /**
   * What was drawn.
   *
   * @param share of all answers; 1 when each of them is here
   */
  record Drawn(double share, List<Long> nanos) {}

  /** Somebody will {@linkplain #take take} them from time to time. */
  void keep() {
    current = new Drawing(MOST);
  }

  void add(long nanos) {
    current.add(nanos);
  }

  /** What has come since the last time. For one thread. */
  Drawn take() {
    Drawing drawing = current;
    current = new Drawing(MOST);
    long seen = drawing.seen.get();
    int places = (int) Math.min(seen, MOST);
    // One that is being written just now is not there yet, and will be missing.
    List<Long> nanos =
        IntStream.range(0, places).mapToObj(drawing.nanos::get).filter(took -> took > 0).toList();
    return new Drawn(seen > places ? (double) places / seen : 1, nanos);
  }

  boolean isEmpty() {
    return current.seen.get() == 0;
  }
}
