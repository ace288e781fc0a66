package dev.sluice.ratelimit;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The counters that all replicas share. Called on event loops; must not block. */
public interface RateLimitCounters {
  /**
   * Counts hits.
   *
   * @return one count for each of the hits; fails when one of them is unknown, and then the others
   *     may have been counted
   */
  CompletionStage<Counts> count(List<Hits> hits);

  /**
   * Hits on one counter.
   *
   * @param key the name of the counter; it holds the start of a fixed window
   * @param hits 0 to only look
   * @param limit to which the counter is held
   */
  record Hits(String key, long hits, Limit limit) {
    Hits onlyLooking() {
      return new Hits(key, 0, limit);
    }
  }
}
