package dev.sluice.admission;

import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The port to the counts that decide: {@code admit → renew → settle | cancel}.
 *
 * <p>Each call is one atomic script over all limits of the hold, and repeating a call changes
 * nothing. Calls return at once and may be made on an event loop; a stage completes exceptionally
 * when the store does not answer in time. What such a call did is unknown: {@link #cancel} undoes
 * it, also when it overtakes the call.
 */
public interface Counters {
  /**
   * Counts one request in every limit of the hold, or in none. Those in shadow never are why it
   * counts in none; they count it when all of them have room.
   *
   * @param knownVersion the organization's version from which the limits were derived
   */
  CompletionStage<Outcome> admit(Hold hold, long knownVersion);

  /** Whether an {@link #admit} that failed so may have counted, now or later. */
  default boolean mayHaveCounted(Throwable failure) {
    return true;
  }

  /**
   * Says how limits stand, in their order; counts nothing.
   *
   * @param limits all of one organization
   */
  default CompletionStage<List<EvaluatedLimit>> evaluate(
      String organization, List<ScopedLimit> limits) {
    return evaluate(organization, limits, Optional.empty());
  }

  /**
   * Says how limits will stand if nothing more is counted until then; counts nothing.
   *
   * @param limits all of one organization
   * @param at when; empty, or in the past: now. How many run is always as of now
   */
  CompletionStage<List<EvaluatedLimit>> evaluate(
      String organization, List<ScopedLimit> limits, Optional<Instant> at);

  /** Prolongs a hold by its lease; false when it is no longer held. */
  CompletionStage<Boolean> renew(Hold hold);

  /** Ends a hold: its request ran. False when it had ended before. */
  CompletionStage<Boolean> settle(Hold hold, Settlement settlement);

  /**
   * Ends a hold and gives back what it took: its request never ran. False when it had ended before.
   */
  CompletionStage<Boolean> cancel(Hold hold);

  /** The answer to {@link #admit}; limits in the order of the hold. */
  sealed interface Outcome {
    /**
     * Counted; by this call, or by an earlier one with the same id.
     *
     * @param shadowExceeded whether limits in shadow had no room, so that none of those in shadow
     *     counted it. Said once for a hold, and once for the attempts that share a charge
     */
    record Held(List<EvaluatedLimit> limits, boolean shadowExceeded) implements Outcome {
      /** One that all limits had room for. */
      public Held(List<EvaluatedLimit> limits) {
        this(limits, false);
      }
    }

    /** At least one limit that is enforced has no room; nothing was counted. */
    record Exceeded(List<EvaluatedLimit> limits) implements Outcome {}

    /** The organization has another version than the caller knew; nothing was counted. */
    record Stale() implements Outcome {}

    /**
     * The store does not answer, and this replica's share of a limit has no room; nothing was
     * counted.
     *
     * @param retryAfter a guess: the store may be back before
     */
    record ShareExceeded(ScopedLimit limit, long share, Duration retryAfter) implements Outcome {}

    /** The store does not answer, and nothing may be admitted without it; nothing was counted. */
    record Unavailable() implements Outcome {}

    /** The hold was cancelled before; nothing was counted. */
    record Cancelled() implements Outcome {}
  }
}
