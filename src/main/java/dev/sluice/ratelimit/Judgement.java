package dev.sluice.ratelimit;

import dev.sluice.ratelimit.RateLimitCounters.Hits;
import dev.sluice.ratelimit.Verdict.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One query on its way to its verdict. Not for use by several threads at once. */
final class Judgement {
  private static final long[] NONE = {};

  /** Nobody knows when an outage ends. */
  private static final long OUTAGE_MILLIS = 1_000;

  private final List<Asked> asked;
  private final Optional<OverLimitCache> cache;
  private final RateLimitOptions options;
  private final RateLimitMetrics metrics;
  private final long millis;
  private final List<Hits> hits;

  /** For how long each counter will be over its limit; -1: unknown. Empty: of none it is known. */
  private long[] millisOver = NONE;

  /**
   * @param millis of the clock, since the epoch
   */
  Judgement(
      String domain,
      List<Asked> asked,
      Optional<OverLimitCache> cache,
      RateLimitOptions options,
      long millis,
      RateLimitMetrics metrics) {
    this.asked = asked;
    this.cache = cache;
    this.options = options;
    this.millis = millis;
    this.metrics = metrics;
    this.hits = new ArrayList<>(asked.size());
    for (int i = 0; i < asked.size(); i++) {
      Optional<Limit> limit = asked.get(i).limit();
      if (limit.isPresent()) {
        add(i, domain, limit.get());
      }
    }
  }

  private void add(int place, String domain, Limit limit) {
    Asked its = asked.get(place);
    String key = key(domain, its, limit);
    Optional<Long> over = cache.flatMap(known -> known.millisOver(key, limit.requests()));
    if (over.isEmpty()) {
      hits.add(new Hits(key, its.hits(), limit));
      return;
    }
    if (millisOver.length == 0) {
      millisOver = new long[asked.size()];
      Arrays.fill(millisOver, -1);
    }
    millisOver[place] = over.get();
  }

  private String key(String domain, Asked its, Limit limit) {
    StringBuilder key = new StringBuilder(64).append(options.keyPrefix()).append(domain);
    key.append('_');
    its.appendTo(key);
    if (limit.rolling()) {
      return key.append("rolling_").append(limit.seconds()).toString();
    }
    return key.append(limit.windowStart(seconds())).toString();
  }

  private long seconds() {
    return Math.floorDiv(millis, 1000L);
  }

  /** What is to be counted. */
  List<Hits> hits() {
    return hits;
  }

  /** Whether the query is over one of its limits, whatever the counters say. */
  boolean someKnownToBeOver() {
    return millisOver.length > 0;
  }

  /**
   * To be called once, or one of the others below.
   *
   * @param counts of the hits
   */
  Verdict verdict(Counts counts) {
    return whole((each, next) -> counted(each, next, counts, cache));
  }

  /**
   * By what this replica counted alone: nothing of it is true for longer than the outage.
   *
   * @param counts of the hits
   */
  Verdict verdictOfShare(Counts counts) {
    return whole((each, next) -> counted(each, next, counts, Optional.empty()));
  }

  /** When the counters are away and everything is to pass, or nothing. */
  Verdict verdictWithoutCounts(boolean over) {
    return whole(
        (each, next) -> {
          unanswered(each);
          Limit limit = hits.get(next).limit();
          return over
              ? status(each.rule().orElseThrow(), limit, true, 0, OUTAGE_MILLIS)
              : Status.UNMATCHED;
        });
  }

  /** When there is no verdict. */
  void unanswered() {
    for (Asked each : asked) {
      if (each.limit().isPresent()) {
        unanswered(each);
      }
    }
  }

  private void unanswered(Asked each) {
    metrics.counted(each.rule().orElseThrow(), each.path(), HitCounts.unanswered(each.hits()));
  }

  /** Of a descriptor that was counted, and the place of its hits. */
  private interface OfCounted {
    Status status(Asked each, int next);
  }

  private Verdict whole(OfCounted ofCounted) {
    Whole whole = new Whole(asked.size());
    int next = 0;
    for (int i = 0; i < asked.size(); i++) {
      Asked each = asked.get(i);
      Status status = Status.UNMATCHED;
      if (each.limit().isPresent()) {
        status =
            millisOver.length > 0 && millisOver[i] >= 0
                ? knownToBeOver(each, each.limit().get(), millisOver[i])
                : ofCounted.status(each, next++);
      } else if (each.rule().isPresent()) {
        status = Status.UNLIMITED;
      }
      whole.add(status, isQuota(each));
    }
    boolean over = whole.overLimit();
    if (over && options.shadow()) {
      metrics.shadowed();
    }
    return new Verdict(
        over && !options.shadow(), whole.statuses, Optional.ofNullable(whole.tightest));
  }

  private Status counted(Asked each, int next, Counts counts, Optional<OverLimitCache> known) {
    Hits its = hits.get(next);
    long value = counts.value(next);
    Rule rule = each.rule().orElseThrow();
    long most = its.limit().requests();
    long near = options.nearThreshold(most);
    metrics.counted(
        rule, each.path(), HitCounts.counted(its.hits(), value, most, near, rule.shadow()));
    boolean over = value > most;
    long resetMillis = counts.millisUntilReset(next);
    if (over && known.isPresent()) {
      remember(known.get(), its, resetMillis);
    }
    return status(rule, its.limit(), over, Math.max(0, most - value), resetMillis);
  }

  /** A rolling limit that several hits are over may still let one of them pass. */
  private void remember(OverLimitCache known, Hits its, long resetMillis) {
    Limit limit = its.limit();
    if (!limit.rolling()) {
      long left = limit.secondsUntilReset(seconds()) * 1000 - Math.floorMod(millis, 1000L);
      known.put(its.key(), limit.requests(), left);
    } else if (its.hits() <= 1) {
      known.put(its.key(), limit.requests(), resetMillis);
    }
  }

  private Status knownToBeOver(Asked each, Limit limit, long resetMillis) {
    Rule rule = each.rule().orElseThrow();
    metrics.counted(rule, each.path(), HitCounts.knownToBeOver(each.hits(), rule.shadow()));
    return status(rule, limit, true, 0, resetMillis);
  }

  private Status status(Rule rule, Limit limit, boolean over, long remaining, long resetMillis) {
    return new Status(
        over && !rule.shadow(),
        rule.limit(),
        remaining,
        limit.rolling() ? (resetMillis + 999) / 1000 : limit.secondsUntilReset(seconds()),
        rule.metadata());
  }

  /** An unlimited rule is none; where every rule is one, so is a descriptor that met no rule. */
  private boolean isQuota(Asked each) {
    Optional<Rule> rule = each.rule();
    return rule.isEmpty()
        ? options.quota()
        : rule.get().limit().isPresent() && (options.quota() || rule.get().quota());
  }

  /** What the statuses come to. */
  private static final class Whole {
    private final List<Status> statuses;
    private @Nullable Status tightest;
    private long least = Limit.MOST;
    private boolean over;
    private int quotas;
    private int quotasOver;

    private Whole(int size) {
      this.statuses = new ArrayList<>(size);
    }

    private void add(Status status, boolean quota) {
      statuses.add(status);
      boolean refuses = status.overLimit() && !quota;
      if (refuses || (status.limit().isPresent() && status.remaining() < least)) {
        tightest = status;
        least = status.remaining();
      }
      over |= refuses;
      if (quota) {
        quotas++;
        quotasOver += status.overLimit() ? 1 : 0;
      }
    }

    private boolean overLimit() {
      return over || (quotas > 0 && quotasOver == quotas);
    }
  }
}
