package dev.sluice.ratelimit;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** The counters that all replicas share. Called on event loops; must not block. */
public interface RateLimitCounters {
  /**
   * Counts hits.
   *
   * @return the value of each counter after its own hits, in the order of the hits; fails when one
   *     of them is unknown, and then the others may have been counted
   */
  CompletionStage<long[]> count(List<Hits> hits);

  /**
   * Hits on one counter.
   *
   * @param key the name of the counter, which holds the start of its window
   * @param hits 0 to only look
   * @param windowSeconds after which the counter is not asked for any more
   */
  record Hits(String key, long hits, int windowSeconds) {}
}
