package dev.sluice.admission;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many there are of each; what there is none of takes no room. Safe for many threads. */
final class Tally<K> {
  private final Map<K, Integer> counts = new ConcurrentHashMap<>();

  void add(K what) {
    counts.merge(what, 1, Integer::sum);
  }

  void remove(K what) {
    counts.computeIfPresent(what, (same, many) -> many == 1 ? null : many - 1);
  }

  int of(K what) {
    return counts.getOrDefault(what, 0);
  }
}
