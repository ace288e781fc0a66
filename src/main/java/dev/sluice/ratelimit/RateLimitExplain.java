package dev.sluice.ratelimit;

import dev.sluice.ratelimit.ExplainedQuery.Counter;
import dev.sluice.ratelimit.ExplainedQuery.Part;
import dev.sluice.ratelimit.ExplainedQuery.Window;
import dev.sluice.ratelimit.RateLimitCounters.Hits;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what would become of a query, as {@link DescriptorLimits} judges it, and counts nothing: it
 * looks at the counters, adds the hits by itself, and leaves local cache and statistics alone.
 *
 * <p>Called on event loops; does not block. Safe for use by many threads.
 */
public final class RateLimitExplain {
  private final Supplier<Optional<RuleTree>> rules;
  private final RateLimitCounters counters;
  private final Optional<OverLimitCache> cache;
  private final RateLimitOptions options;
  private final InstantSource clock;

  RateLimitExplain(
      Supplier<Optional<RuleTree>> rules,
      RateLimitCounters counters,
      Optional<OverLimitCache> cache,
      RateLimitOptions options,
      InstantSource clock) {
    this.rules = rules;
    this.counters = counters;
    this.cache = cache;
    this.options = options;
    this.clock = clock;
  }

  /**
   * Explains a query.
   *
   * @return fails with {@link InvalidQuery} only: that the counters do not answer is part of the
   *     explanation
   */
  public CompletionStage<ExplainedQuery> explain(Query query) {
    Optional<RuleTree> present = rules.get();
    List<Asked> asked;
    try {
      asked = Asked.all(query, present);
    } catch (InvalidQuery e) {
      return CompletableFuture.failedFuture(e);
    }
    Explaining explaining =
        new Explaining(query, asked, present.orElseThrow(), clock.instant().toEpochMilli());
    return explaining.look().handle(explaining::explained);
  }

  /** One query. */
  private final class Explaining {
    private final Query query;
    private final List<Asked> asked;
    private final List<Met> met;
    private final long millis;
    private final List<Hits> all;

    /** Who asks the local cache first, as a query that is counted does. */
    private final Judgement judgement;

    private Explaining(Query query, List<Asked> asked, RuleTree tree, long millis) {
      this.query = query;
      this.asked = asked;
      this.met = new RuleWalk(tree, query).all();
      this.millis = millis;
      this.all = judgement(Optional.empty()).hits();
      this.judgement = judgement(cache);
    }

    private Judgement judgement(Optional<OverLimitCache> known) {
      return new Judgement(query.domain(), asked, known, options, millis, new Untold());
    }

    private CompletionStage<Counts> look() {
      return all.isEmpty()
          ? CompletableFuture.completedFuture(new Counts(0))
          : counters.count(all.stream().map(Hits::onlyLooking).toList());
    }

    private ExplainedQuery explained(@Nullable Counts looked, @Nullable Throwable failure) {
      Optional<Counts> counts = Optional.ofNullable(looked);
      return new ExplainedQuery(
          Instant.ofEpochMilli(millis),
          options,
          parts(counts),
          counts.isPresent()
              ? Optional.of(judgement.verdictOfShare(wouldBe(counts.get())))
              : inOutage(),
          Optional.ofNullable(failure).map(RateLimitExplain::reason));
    }

    /** An error is no verdict, and to count by a share would count. */
    private Optional<Verdict> inOutage() {
      return switch (options.outage()) {
        case OPEN -> Optional.of(judgement.verdictWithoutCounts(false));
        case CLOSED -> Optional.of(judgement.verdictWithoutCounts(true));
        case ERROR, SHARE -> Optional.empty();
      };
    }

    private List<Part> parts(Optional<Counts> looked) {
      List<Part> parts = new ArrayList<>(asked.size());
      int next = 0;
      for (int i = 0; i < asked.size(); i++) {
        Optional<Counter> counter = Optional.empty();
        if (asked.get(i).limit().isPresent()) {
          counter = Optional.of(counter(all.get(next), next, looked));
          next++;
        }
        parts.add(new Part(query.descriptors().get(i), asked.get(i).hits(), met.get(i), counter));
      }
      return parts;
    }

    private Counter counter(Hits hits, int index, Optional<Counts> looked) {
      Limit limit = hits.limit();
      OptionalLong value =
          looked.map(counts -> OptionalLong.of(counts.value(index))).orElse(OptionalLong.empty());
      boolean usedUp = limit.rolling() && value.isPresent() && value.getAsLong() > limit.requests();
      return new Counter(
          hits.key(),
          limit,
          usedUp ? OptionalLong.of(limit.requests()) : value,
          usedUp,
          limit.rolling() ? Optional.empty() : Optional.of(window(limit)),
          cache
              .flatMap(known -> known.millisOver(hits.key(), limit.requests()))
              .map(OptionalLong::of)
              .orElse(OptionalLong.empty()));
    }

    private Window window(Limit limit) {
      long start = limit.windowStart(Math.floorDiv(millis, 1000L));
      return new Window(
          Instant.ofEpochSecond(start), Instant.ofEpochSecond(start + limit.seconds()));
    }

    /** What the counters would answer to the hits that they would be asked for. */
    private Counts wouldBe(Counts looked) {
      Map<String, Long> found = new HashMap<>();
      Map<String, Long> resets = new HashMap<>();
      for (int i = 0; i < all.size(); i++) {
        found.put(all.get(i).key(), looked.value(i));
        resets.put(all.get(i).key(), looked.millisUntilReset(i));
      }
      List<Hits> wanted = judgement.hits();
      Map<String, Long> values = new HashMap<>(found);
      boolean stops = stops(wanted, found);
      Counts would = new Counts(wanted.size());
      for (int i = 0; i < wanted.size(); i++) {
        Hits hits = wanted.get(i);
        boolean spared = stops && (judgement.someKnownToBeOver() || !goesOver(hits, found));
        long value = count(spared ? hits.onlyLooking() : hits, values);
        would.set(i, value, resets.getOrDefault(hits.key(), 0L));
      }
      return would;
    }

    /** Whether only what is over its limit is counted. */
    private boolean stops(List<Hits> wanted, Map<String, Long> found) {
      return options.stopWhenOver()
          && (judgement.someKnownToBeOver()
              || wanted.stream().anyMatch(each -> goesOver(each, found)));
    }

    private static boolean goesOver(Hits hits, Map<String, Long> values) {
      return values.getOrDefault(hits.key(), 0L) + hits.hits() > hits.limit().requests();
    }

    /** As Redis counts: what a rolling limit refuses whole does not count. */
    private static long count(Hits hits, Map<String, Long> values) {
      long before = values.getOrDefault(hits.key(), 0L);
      long most = hits.limit().requests();
      long after = before + hits.hits();
      if (!hits.limit().rolling()) {
        values.put(hits.key(), after);
        return after;
      }
      if (before < most) {
        values.put(hits.key(), after);
      }
      return hits.hits() == 0 && before >= most ? most + 1 : after;
    }
  }

  private static String reason(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return String.valueOf(cause.getMessage());
  }
}
