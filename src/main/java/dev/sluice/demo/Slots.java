package dev.sluice.demo;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Batch slots, first come first served.
 *
 * <p>All changes happen on one event loop; {@link #busy} and {@link #waiting} may be read from any
 * thread.
 */
final class Slots {
  private final int slots;
  private final int maxWaiting;
  private final Set<Runnable> line = new LinkedHashSet<>();
  private volatile int busy;
  private volatile int waiting;
  private boolean serving;

  Slots(int slots, int maxWaiting) {
    this.slots = slots;
    this.maxWaiting = maxWaiting;
  }

  /**
   * Runs the turn when a slot is its own, perhaps at once. The turn keeps it until {@link
   * #release}.
   *
   * @return false when too many wait already
   */
  boolean take(Runnable turn) {
    if (busy >= slots && line.size() >= maxWaiting) {
      return false;
    }
    line.add(turn);
    serve();
    return true;
  }

  /** Leaves the line. A turn that has run, or was never in it, is not affected. */
  void leave(Runnable turn) {
    line.remove(turn);
    waiting = line.size();
  }

  void release() {
    occupy(-1);
    serve();
  }

  int busy() {
    return busy;
  }

  int waiting() {
    return waiting;
  }

  /** A turn may release its slot before it returns: the loop serves the next, not a recursion. */
  private void serve() {
    if (serving) {
      return;
    }
    serving = true;
    try {
      while (busy < slots && !line.isEmpty()) {
        Iterator<Runnable> first = line.iterator();
        Runnable turn = first.next();
        first.remove();
        // Before the turn runs: it may answer at once, and its client may ask.
        waiting = line.size();
        occupy(1);
        turn.run();
      }
    } finally {
      waiting = line.size();
      serving = false;
    }
  }

  // Only the event loop writes, so the read and the write need not be one step.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void occupy(int change) {
    busy += change;
  }
}
