package dev.sluice.ratelimit;

/**
 * One counter in memory: of a fixed window, whose end is the end of its key, or of a rolling one.
 *
 * <p>A rolling one counts as windows.lua does: what is counted in one of its 64 sub-windows stays
 * so until the 64 after it are over. Safe for use by many threads.
 */
final class LocalWindow {
  private static final int SUBWINDOWS = 65;

  private final long subwindowMillis;
  private long[] counts = {};
  private long newest;
  private long sum;

  LocalWindow(int seconds) {
    // Rounded up: a shorter one would admit more.
    this.subwindowMillis = (seconds * 1000L + 63) / 64;
  }

  long lifeMillis() {
    return SUBWINDOWS * subwindowMillis;
  }

  /** Of a fixed window: the count with these hits. */
  synchronized long count(long hits) {
    sum += hits;
    return sum;
  }

  /**
   * Of a rolling window: the count with these hits, which count while anything is left.
   *
   * @param millis of a ticker
   * @return more than the limit when they are over it, or, to only look, when nothing is left
   */
  synchronized long countRolling(long hits, long limit, long millis) {
    advance(Math.floorDiv(millis, subwindowMillis));
    long with = sum + hits;
    if (hits == 0) {
      return sum >= limit ? limit + 1 : sum;
    }
    if (sum < limit) {
      counts[(int) Math.floorMod(newest, (long) SUBWINDOWS)] += hits;
      sum = with;
    }
    return with;
  }

  private void advance(long current) {
    if (counts.length == 0) {
      counts = new long[SUBWINDOWS];
      newest = current;
    }
    long steps = Math.min(current - newest, SUBWINDOWS);
    for (long step = 1; step <= steps; step++) {
      int place = (int) Math.floorMod(newest + step, (long) SUBWINDOWS);
      sum -= counts[place];
      counts[place] = 0;
    }
    newest = Math.max(newest, current);
  }
}
