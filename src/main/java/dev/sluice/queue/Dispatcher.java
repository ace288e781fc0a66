package dev.sluice.queue;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Gives waiting requests the batch slots of deployments.
 *
 * <p>A free slot takes the first label of its deployment's qosList that has a request waiting,
 * first come first served inside a label.
 *
 * <p>Calls return at once and may be made on an event loop. Outcomes may complete on any thread.
 */
public interface Dispatcher {
  /** Joins the queue. */
  Waiter enqueue(Ticket ticket);

  /** A place in the queue. */
  interface Waiter {
    /** Completes exactly once, with the end of the wait. */
    CompletionStage<Outcome> outcome();

    /**
     * Leaves the queue. A grant that was already made, or is under way, is released. Later calls do
     * nothing.
     */
    void cancel();
  }

  /** How a wait ended. */
  sealed interface Outcome {
    /** The outcome as a metric's label: one of a closed set. */
    String label();

    /** A slot is this request's own until it releases it. */
    record Granted(Grant grant) implements Outcome {
      @Override
      public String label() {
        return "granted";
      }
    }

    /**
     * As many wait as may.
     *
     * @param retryAfter when a place is expected to be free, from the measured drain rate
     */
    record Full(int waiting, int queueDepth, Duration retryAfter) implements Outcome {
      @Override
      public String label() {
        return "full";
      }
    }

    /** No slot came free within {@link Ticket#maxWait}. */
    record TimedOut(Duration waited, Duration retryAfter) implements Outcome {
      @Override
      public String label() {
        return "timed_out";
      }
    }

    /** No deployment serves this model with this label. */
    record Unserved() implements Outcome {
      @Override
      public String label() {
        return "unserved";
      }
    }

    /** The waiter was cancelled. */
    record Cancelled() implements Outcome {
      @Override
      public String label() {
        return "cancelled";
      }
    }
  }

  /**
   * A slot on lease. It comes free when it is released, or when its lease ends without a renewal:
   * then its holder is taken for dead.
   */
  interface Grant {
    /** The deployment whose slot this is. */
    String deployment();

    /** Prolongs the lease; false when it had ended, so that the slot may be another's. */
    CompletionStage<Boolean> renew();

    /** Frees the slot. Later calls do nothing. */
    void release();
  }
}
