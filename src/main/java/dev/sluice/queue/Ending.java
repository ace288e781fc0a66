package dev.sluice.queue;

import java.util.Comparator;

/** What ends by itself at a known time: a wait or a lease. */
sealed interface Ending permits Place, Lease {
  /**
   * At one moment leases end before waits, so that who waits until that very moment still gets the
   * slot.
   */
  Comparator<Ending> EARLIEST_FIRST =
      Comparator.comparingLong(Ending::at)
          .thenComparing(ending -> ending instanceof Place)
          .thenComparingLong(Ending::sequence);

  /** When, in nanoseconds of the dispatcher's clock; does not change while others look. */
  long at();

  /** Unique among all endings, rising. */
  long sequence();
}
