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
  Optional<RuntimeException> failure = Optional.empty();

  @Override
  public CompletionStage<long[]> count(List<Hits> hits) {
    asked.addAll(hits);
    if (failure.isPresent()) {
      return CompletableFuture.failedFuture(failure.get());
    }
    return CompletableFuture.completedFuture(
        hits.stream()
            .mapToLong(each -> values.merge(each.key(), each.hits(), Long::sum))
            .toArray());
  }
}
