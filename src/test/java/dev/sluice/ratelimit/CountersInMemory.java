package dev.sluice.ratelimit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Counters for tests of what asks them. */
final class CountersInMemory implements RateLimitCounters {
  final Map<String, Long> values = new HashMap<>();
  final List<Hits> asked = new ArrayList<>();
  long millisUntilReset;
  Optional<RuntimeException> failure = Optional.empty();

  @Override
  public CompletionStage<Counts> count(List<Hits> hits) {
    asked.addAll(hits);
    if (failure.isPresent()) {
      return CompletableFuture.failedFuture(failure.get());
    }
    Counts counts = new Counts(hits.size());
    for (int i = 0; i < hits.size(); i++) {
      counts.set(
          i, values.merge(hits.get(i).key(), hits.get(i).hits(), Long::sum), millisUntilReset);
    }
    return CompletableFuture.completedFuture(counts);
  }
}
