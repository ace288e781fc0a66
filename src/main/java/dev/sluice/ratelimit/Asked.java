package dev.sluice.ratelimit;

import dev.sluice.ratelimit.Descriptor.Entry;
import dev.sluice.ratelimit.RuleTree.Match;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A descriptor of a query, and what is to be counted for it. */
final class Asked {
  /** More in one query are refused: Envoy sends a handful. */
  private static final int MOST_DESCRIPTORS = 1_000;

  /** From here on, hits are refused: the reference lets them wrap around and lower the counter. */
  private static final long TOO_MANY_HITS = 1L << 31;

  private final long hits;
  private final @Nullable Rule rule;
  private final @Nullable Limit limit;
  private final List<Entry> counted;
  private final List<String> path;

  private Asked(long hits, @Nullable Rule rule, List<Entry> counted, List<String> path) {
    this.hits = hits;
    this.rule = rule;
    this.limit = rule == null ? null : rule.limit().orElse(null);
    this.counted = counted;
    this.path = path;
  }

  private static Asked unmatched(long hits) {
    return new Asked(hits, null, List.of(), List.of());
  }

  /**
   * All descriptors of a query, in their order.
   *
   * @throws InvalidQuery with the reference's words where it has some
   */
  static List<Asked> all(Query query, Optional<RuleTree> rules) {
    if (query.domain().isEmpty()) {
      throw new InvalidQuery("rate limit domain must not be empty");
    }
    if (query.descriptors().isEmpty()) {
      throw new InvalidQuery("rate limit descriptor list must not be empty");
    }
    if (query.descriptors().size() > MOST_DESCRIPTORS) {
      throw new InvalidQuery("more than " + MOST_DESCRIPTORS + " descriptors in one request");
    }
    RuleTree tree = rules.orElseThrow(() -> new InvalidQuery("no rate limit configuration loaded"));
    List<Asked> all = new ArrayList<>(query.descriptors().size());
    boolean replaces = false;
    for (Descriptor descriptor : query.descriptors()) {
      Asked one = one(query, descriptor, tree);
      all.add(one);
      replaces |= one.rule != null && !one.rule.replaces().isEmpty();
    }
    if (replaces) {
      replace(all);
    }
    return all;
  }

  private static Asked one(Query query, Descriptor descriptor, RuleTree tree) {
    long hits = hits(query, descriptor);
    Optional<Limit> override = descriptor.ownLimit().map(Asked::limit);
    if (override.isEmpty()) {
      Optional<Match> match = tree.match(query.domain(), descriptor);
      if (match.isPresent()) {
        return new Asked(hits, match.get().rule(), match.get().counted(), match.get().path());
      }
    } else if (tree.has(query.domain())) {
      Rule rule = Rule.override(query.domain(), override.get());
      return new Asked(hits, rule, descriptor.entries(), rule.path());
    }
    return unmatched(hits);
  }

  private static long hits(Query query, Descriptor descriptor) {
    long hits = descriptor.hits().orElse(Math.max(1, query.hits()));
    if (hits < 0 || hits >= TOO_MANY_HITS) {
      String given = Long.toUnsignedString(hits);
      throw new InvalidQuery(
          "hits_addend must be less than " + TOO_MANY_HITS + ", but is " + given);
    }
    return hits;
  }

  /**
   * The limit that a request brought.
   *
   * @throws InvalidQuery for a unit that nobody knows
   */
  static Limit limit(Descriptor.OwnLimit override) {
    Optional<Unit> unit = Unit.byNumber(override.unit());
    if (unit.isEmpty()) {
      throw new InvalidQuery(
          "a descriptor's limit has the unit number "
              + override.unit()
              + "; expected 1 (SECOND) to 7 (WEEK)");
    }
    return new Limit(override.requests(), unit.get().seconds(), Algorithm.FIXED, "");
  }

  /** What is replaced still replaces; what is unlimited is never replaced, as in the reference. */
  private static void replace(List<Asked> all) {
    Set<String> replaced = new HashSet<>();
    for (Asked one : all) {
      if (one.rule != null) {
        replaced.addAll(one.rule.replaces());
      }
    }
    all.replaceAll(
        one ->
            one.rule != null && one.limit != null && replaced.contains(one.rule.name())
                ? unmatched(one.hits)
                : one);
  }

  long hits() {
    return hits;
  }

  /** Empty when nothing matched, or what matched was replaced. */
  Optional<Rule> rule() {
    return Optional.ofNullable(rule);
  }

  /** What to count against. */
  Optional<Limit> limit() {
    return Optional.ofNullable(limit);
  }

  /** The name of the rule in statistics. */
  List<String> path() {
    return path;
  }

  /** The name of the counter, but for what stands in front of it, and the window behind it. */
  void appendTo(StringBuilder key) {
    for (Entry entry : counted) {
      key.append(entry.key()).append('_').append(entry.value()).append('_');
    }
  }
}
