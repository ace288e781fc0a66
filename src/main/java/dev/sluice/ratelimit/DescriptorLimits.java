package dev.sluice.ratelimit;

import dev.sluice.ratelimit.Descriptor.Entry;
import dev.sluice.ratelimit.RateLimitCounters.Hits;
import dev.sluice.ratelimit.Verdict.Status;
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
  private final RateLimitOptions options;
  private final InstantSource clock;
  private final RateLimitMetrics metrics;

  /**
   * @param rules the present ones; empty while none could be loaded
   */
  public DescriptorLimits(
      Supplier<Optional<RuleTree>> rules,
      RateLimitCounters counters,
      RateLimitOptions options,
      InstantSource clock,
      RateLimitMetrics metrics) {
    this.rules = rules;
    this.counters = counters;
    this.options = options;
    this.clock = clock;
    this.metrics = metrics;
  }

  /**
   * Counts a query and judges it.
   *
   * @return fails with {@link InvalidQuery}, or as the counters fail
   */
  public CompletionStage<Verdict> judge(Query query) {
    List<Asked> asked;
    try {
      asked = Asked.all(query, rules.get());
    } catch (InvalidQuery e) {
      metrics.refused(e);
      return CompletableFuture.failedFuture(e);
    }
    long now = Math.floorDiv(clock.millis(), 1000L);
    List<Hits> hits = hits(query.domain(), asked, now);
    if (hits.isEmpty()) {
      return CompletableFuture.completedFuture(verdict(asked, new long[0], now));
    }
    return counters
        .count(hits)
        .handle(
            (values, failure) -> {
              if (failure == null) {
                return verdict(asked, values, now);
              }
              asked.forEach(this::failed);
              throw failure instanceof CompletionException wrapped
                  ? wrapped
                  : new CompletionException(failure);
            });
  }

  private List<Hits> hits(String domain, List<Asked> asked, long now) {
    List<Hits> hits = new ArrayList<>(asked.size());
    for (Asked each : asked) {
      if (each.limit().isPresent()) {
        Unit unit = each.limit().get().unit();
        String key = key(domain, each.counted(), unit.windowStart(now));
        hits.add(new Hits(key, each.hits(), unit.seconds()));
      }
    }
    return hits;
  }

  private String key(String domain, List<Entry> entries, long windowStart) {
    StringBuilder key = new StringBuilder(64).append(options.keyPrefix()).append(domain);
    key.append('_');
    for (Entry entry : entries) {
      key.append(entry.key()).append('_').append(entry.value()).append('_');
    }
    return key.append(windowStart).toString();
  }

  private Verdict verdict(List<Asked> asked, long[] values, long now) {
    List<Status> statuses = new ArrayList<>(asked.size());
    boolean over = false;
    int quotas = 0;
    int quotasOver = 0;
    int next = 0;
    for (Asked each : asked) {
      Status status = Status.UNMATCHED;
      if (each.limit().isPresent()) {
        status = status(each, each.limit().get(), values[next++], now);
      } else if (each.rule().isPresent()) {
        status = Status.UNLIMITED;
      }
      statuses.add(status);
      if (isQuota(each)) {
        quotas++;
        quotasOver += status.overLimit() ? 1 : 0;
      } else {
        over |= status.overLimit();
      }
    }
    over |= quotas > 0 && quotasOver == quotas;
    return new Verdict(over && !options.shadow(), statuses);
  }

  /** An unlimited rule is none; where every rule is one, so is a descriptor that met no rule. */
  private boolean isQuota(Asked asked) {
    Optional<Rule> rule = asked.rule();
    return rule.isEmpty()
        ? options.quota()
        : rule.get().limit().isPresent() && (options.quota() || rule.get().quota());
  }

  private Status status(Asked asked, Limit limit, long value, long now) {
    Rule rule = asked.rule().orElseThrow();
    long beyond = Math.max(0, value - limit.requests());
    metrics.counted(rule, asked.hits(), Math.min(asked.hits(), beyond));
    return new Status(
        beyond > 0 && !rule.shadow(),
        Optional.of(limit),
        Math.max(0, limit.requests() - value),
        limit.unit().secondsUntilReset(now));
  }

  private void failed(Asked asked) {
    if (asked.limit().isPresent()) {
      metrics.failed(asked.rule().orElseThrow(), asked.hits());
    }
  }
}
