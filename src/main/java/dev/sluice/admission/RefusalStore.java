package dev.sluice.admission;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The port to the refusals that are kept for a while, by the id of their request as its client saw
 * it.
 *
 * <p>Ids may be the client's own, so one may have several refusals: the last few are kept. Calls
 * return at once; a stage completes exceptionally when the store does not answer in time.
 */
public interface RefusalStore {
  /** How many refusals one call may keep: with as many to drop, a quarter of a millisecond. */
  int MOST = 25;

  /**
   * A refusal.
   *
   * @param requestId as {@code x-request-id}
   * @param ofCaller whether it is known whose the key was; the others have a room of their own, so
   *     that strangers cannot push out what belongs to somebody
   * @param json one line, of a few kilobytes at most
   */
  record Kept(String requestId, boolean ofCaller, String json) {}

  /** Keeps refusals, {@link #MOST} at most, and drops the oldest when there are too many. */
  CompletionStage<Void> keep(List<Kept> refusals);

  /** The refusals of a request that are kept, as JSON, the newest first. */
  CompletionStage<List<String>> of(String requestId);
}
