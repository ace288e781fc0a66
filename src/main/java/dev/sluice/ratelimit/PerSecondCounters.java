package dev.sluice.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Counters of which those per second are in a store of their own. */
public final class PerSecondCounters implements RateLimitCounters {
  private final RateLimitCounters perSecond;
  private final RateLimitCounters others;

  public PerSecondCounters(RateLimitCounters perSecond, RateLimitCounters others) {
    this.perSecond = perSecond;
    this.others = others;
  }

  @Override
  public CompletionStage<Counts> count(List<Hits> hits) {
    List<Hits> first = new ArrayList<>(hits.size());
    List<Integer> places = new ArrayList<>(hits.size());
    List<Hits> second = new ArrayList<>(hits.size());
    for (int i = 0; i < hits.size(); i++) {
      if (hits.get(i).limit().seconds() == 1) {
        first.add(hits.get(i));
        places.add(i);
      } else {
        second.add(hits.get(i));
      }
    }
    if (first.isEmpty()) {
      return others.count(hits);
    } else if (second.isEmpty()) {
      return perSecond.count(hits);
    }
    return perSecond
        .count(first)
        .thenCombine(others.count(second), (some, rest) -> merged(hits.size(), places, some, rest));
  }

  private static Counts merged(int size, List<Integer> places, Counts some, Counts rest) {
    Counts merged = new Counts(size);
    int next = 0;
    for (int i = 0; i < size; i++) {
      if (next < places.size() && places.get(next) == i) {
        merged.set(i, some.value(next), some.millisUntilReset(next));
        next++;
      } else {
        merged.set(i, rest.value(i - next), rest.millisUntilReset(i - next));
      }
    }
    return merged;
  }
}
