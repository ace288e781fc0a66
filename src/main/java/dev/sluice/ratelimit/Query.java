package dev.sluice.ratelimit;

import java.util.List;

/**
 * A request to count and to judge.
 *
 * @param hits for the descriptors that have none of their own; 0 counts as 1
 */
public record Query(String domain, List<Descriptor> descriptors, long hits) {
  public Query {
    descriptors = List.copyOf(descriptors);
  }
}
