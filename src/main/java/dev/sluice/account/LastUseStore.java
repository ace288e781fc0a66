package dev.sluice.account;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The port to the times at which keys were last used, on the store's clock.
 *
 * <p>Calls return at once; a stage completes exceptionally when the store does not answer in time.
 */
public interface LastUseStore {
  /** How many keys one call may name. */
  int MOST = 500;

  /**
   * Says that from now on uses are recorded, if nobody has said so before. Of the time before that,
   * nothing can be said of any key.
   */
  CompletionStage<Void> begin();

  /** Since when uses are recorded; empty when no server has begun to. */
  CompletionStage<Optional<Instant>> begun();

  /**
   * Records uses; a time that is later already stays.
   *
   * @param ago by the id of the key; {@link #MOST} at most. What has no record is passed over.
   */
  CompletionStage<Void> write(String organization, Map<String, Duration> ago);

  /**
   * When keys were last used; those that never were are missing.
   *
   * @param keys their ids; {@link #MOST} at most
   */
  CompletionStage<Map<String, Instant>> of(String organization, List<String> keys);
}
