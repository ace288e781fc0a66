package dev.sluice.ratelimit;

import dev.sluice.ratelimit.RateLimitCounters.Hits;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Judges queries by the rules, as envoyproxy/ratelimit does: fixed windows, aligned to the epoch by
 * this replica's clock; a hit counts whether or not it is over the limit.
 *
 * <p>Called on event loops; does not block. Safe for use by many threads.
 */
public final class DescriptorLimits {
  private final Supplier<Optional<RuleTree>> rules;
  private final RateLimitCounters counters;
  private final Optional<OverLimitCache> cache;
  private final LocalShare share;
  private final RateLimitOptions options;
  private final InstantSource clock;
  private final RateLimitMetrics metrics;

  /**
   * @param rules the present ones; empty while none could be loaded
   * @param cache of what is over its limit; empty: the counters are asked each time
   * @param share for an outage of the counters, if the options want it
   */
  public DescriptorLimits(
      Supplier<Optional<RuleTree>> rules,
      RateLimitCounters counters,
      Optional<OverLimitCache> cache,
      LocalShare share,
      RateLimitOptions options,
      InstantSource clock,
      RateLimitMetrics metrics) {
    this.rules = rules;
    this.counters = counters;
    this.cache = cache;
    this.share = share;
    this.options = options;
    this.clock = clock;
    this.metrics = metrics;
  }

  /** The same, but for what is told. */
  public DescriptorLimits with(RateLimitMetrics others) {
    return new DescriptorLimits(rules, counters, cache, share, options, clock, others);
  }

  /** What would become of queries. */
  public RateLimitExplain explain() {
    return new RateLimitExplain(rules, counters, cache, options, clock);
  }

  /**
   * Counts a query and judges it.
   *
   * @return fails with {@link InvalidQuery}, or, if the policy for outages says so, as the counters
   *     fail
   */
  public CompletionStage<Verdict> judge(Query query) {
    Judgement judgement;
    try {
      Optional<RuleTree> present = rules.get();
      List<Asked> asked = Asked.all(query, present);
      if (!present.orElseThrow().has(query.domain())) {
        query.descriptors().forEach(each -> metrics.unknownDomain());
      }
      judgement = new Judgement(query.domain(), asked, cache, options, clock.millis(), metrics);
    } catch (InvalidQuery e) {
      metrics.refused(e);
      return CompletableFuture.failedFuture(e);
    }
    List<Hits> hits = judgement.hits();
    if (hits.isEmpty()) {
      return CompletableFuture.completedFuture(judgement.verdict(new Counts(0)));
    }
    return count(hits, judgement.someKnownToBeOver())
        .handle(
            (counts, failure) ->
                failure == null ? judgement.verdict(counts) : inOutage(judgement, failure));
  }

  private Verdict inOutage(Judgement judgement, Throwable failure) {
    metrics.unavailable(options.outage());
    return switch (options.outage()) {
      case ERROR -> {
        judgement.unanswered();
        throw failure instanceof CompletionException wrapped
            ? wrapped
            : new CompletionException(failure);
      }
      case OPEN -> judgement.verdictWithoutCounts(false);
      case CLOSED -> judgement.verdictWithoutCounts(true);
      case SHARE -> judgement.verdictOfShare(share.count(judgement.hits()));
    };
  }

  private CompletionStage<Counts> count(List<Hits> hits, boolean someOver) {
    if (!options.stopWhenOver() || (hits.size() == 1 && !someOver)) {
      return counters.count(hits);
    }
    CompletionStage<Counts> looked = counters.count(hits.stream().map(Hits::onlyLooking).toList());
    return someOver ? looked : looked.thenCompose(counts -> countWhatGoesOver(hits, counts));
  }

  /** All, when nothing goes over; else only what does, and the others look once more. */
  private CompletionStage<Counts> countWhatGoesOver(List<Hits> hits, Counts looked) {
    List<Hits> over = new ArrayList<>(hits.size());
    boolean some = false;
    for (int i = 0; i < hits.size(); i++) {
      Hits each = hits.get(i);
      boolean goesOver = looked.value(i) + each.hits() > each.limit().requests();
      over.add(goesOver ? each : each.onlyLooking());
      some |= goesOver;
    }
    return counters.count(some ? over : hits);
  }
}
