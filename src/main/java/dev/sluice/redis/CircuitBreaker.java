package dev.sluice.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Says whether Redis is worth a call: not once several in a row were lost and for a while, until
 * one is answered; meanwhile only a probe now and then. Safe for use by many threads; does not
 * block.
 */
final class CircuitBreaker {
  /** One alone may be a stall of this process. */
  private static final int LOST_IN_A_ROW = 10;

  /** At a high rate ten in a row are lost in one pause of a few milliseconds. */
  private static final long LOST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final long PROBE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final LongSupplier nanos;
  private final Listener listener;
  private final AtomicInteger lost = new AtomicInteger();
  private final AtomicLong nextProbe = new AtomicLong();
  private volatile long firstLost;
  private volatile boolean open;
  private long openSince;

  /** Is told of each change, once. */
  interface Listener {
    /** From now on calls are spared. */
    void opened();

    /** A call was answered. */
    void closed(long nanosOpen);
  }

  /**
   * @param nanos a ticker, as {@link System#nanoTime}
   */
  CircuitBreaker(LongSupplier nanos, Listener listener) {
    this.nanos = nanos;
    this.listener = listener;
  }

  /** Whether to make a call; whoever may must tell how it ended. */
  boolean allows() {
    if (!open) {
      return true;
    }
    long due = nextProbe.get();
    long now = nanos.getAsLong();
    return now - due >= 0 && nextProbe.compareAndSet(due, now + PROBE_NANOS);
  }

  /** Redis answered a call. */
  void answered() {
    if (lost.get() != 0) {
      lost.set(0);
    }
    if (open) {
      close();
    }
  }

  /** A call got no answer. */
  void lost() {
    if (open) {
      return;
    }
    int inARow = lost.incrementAndGet();
    if (inARow == 1) {
      firstLost = nanos.getAsLong();
    } else if (inARow >= LOST_IN_A_ROW && nanos.getAsLong() - firstLost >= LOST_NANOS) {
      open();
    }
  }

  private synchronized void open() {
    if (!open) {
      openSince = nanos.getAsLong();
      nextProbe.set(openSince + PROBE_NANOS);
      open = true;
      listener.opened();
    }
  }

  private synchronized void close() {
    if (open) {
      open = false;
      listener.closed(nanos.getAsLong() - openSince);
    }
  }
}
