package dev.sluice.admission;

import java.util.ArrayDeque;

/**
 * Requests of the last period, by the rule of {@code redis/windows.lua}: a period is cut into 64
 * sub-windows, and what is counted in one stays until the 65th after it begins. So never more than
 * what is let in is in any period, which is at most 1/64 longer than asked for.
 *
 * <p>Times are in milliseconds of a clock that does not go back. Not safe for use by many threads.
 */
final class RollingWindow {
  private static final int SUBWINDOWS = 64;

  private final long period;
  private final ArrayDeque<Cell> cells = new ArrayDeque<>(2);
  private long sum;

  /** What was counted in one sub-window. */
  private static final class Cell {
    private final long subwindow;
    private long count;

    private Cell(long subwindow) {
      this.subwindow = subwindow;
    }
  }

  RollingWindow(long periodMillis) {
    this.period = periodMillis;
  }

  /** How many are counted. */
  long used(long time) {
    long oldest = subwindow(time) - SUBWINDOWS;
    while (!cells.isEmpty() && cells.element().subwindow < oldest) {
      sum -= cells.remove().count;
    }
    return sum;
  }

  /** Counts one; where, for {@link #takeBack}. */
  long add(long time) {
    long now = subwindow(time);
    if (cells.isEmpty() || cells.getLast().subwindow != now) {
      cells.add(new Cell(now));
    }
    cells.getLast().count++;
    sum++;
    return now;
  }

  /** Takes back one that was counted there, if it still is. */
  void takeBack(long subwindow) {
    for (Cell cell : cells) {
      if (cell.subwindow == subwindow && cell.count > 0) {
        cell.count--;
        sum--;
      }
    }
  }

  /** Milliseconds until one more passes: 0 when it does now; a period when that cannot be said. */
  long retry(long time, long limit) {
    long excess = used(time) + 1 - limit;
    if (excess <= 0) {
      return 0;
    }
    for (Cell cell : cells) {
      excess -= cell.count;
      if (excess <= 0) {
        return (cell.subwindow + SUBWINDOWS + 1) * period / SUBWINDOWS - time + 1;
      }
    }
    return period;
  }

  private long subwindow(long time) {
    return Math.floorDiv(time * SUBWINDOWS, period);
  }
}
