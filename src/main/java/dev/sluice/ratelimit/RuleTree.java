package dev.sluice.ratelimit;

import dev.sluice.ratelimit.Descriptor.Entry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of all domains. Immutable; safe for use by many threads.
 *
 * <p>A descriptor meets its rule at the last of its entries, or none at all. There is no way back:
 * once an entry has led to a level, what else it might have led to is not tried. The time that this
 * takes grows with the entries, and with the wildcards of the levels passed, but not with the
 * rules.
 */
public final class RuleTree {
  /** No rule at all: everything is OK. */
  public static final RuleTree EMPTY = new RuleTree(Map.of());

  private final Map<String, RuleNode> domains;

  RuleTree(Map<String, RuleNode> domains) {
    this.domains = Map.copyOf(domains);
  }

  /**
   * A rule that a descriptor met.
   *
   * @param counted the descriptor's entries as its counter is named
   * @param path the rule's name in statistics
   */
  record Match(Rule rule, List<Entry> counted, List<String> path) {}

  /** All rules, by domain, then by key. */
  public List<Rule> rules() {
    List<Rule> rules = new ArrayList<>();
    domains.values().forEach(domain -> domain.collect(rules));
    rules.sort(Comparator.comparing(Rule::domain).thenComparing(Rule::key));
    return rules;
  }

  /** Whether there is no domain at all. */
  public boolean isEmpty() {
    return domains.isEmpty();
  }

  /** The level above all rules of a domain. */
  Optional<RuleNode> domain(String name) {
    return Optional.ofNullable(domains.get(name));
  }

  /** The names of some domains, sorted. */
  List<String> someDomains() {
    return domains.keySet().stream().limit(RuleNode.SOME).sorted().toList();
  }

  boolean has(String domain) {
    return domains.containsKey(domain);
  }

  /** What the rules say of a descriptor; a limit of its own is not looked at. */
  Optional<Match> match(String domain, Descriptor descriptor) {
    RuleNode level = domains.get(domain);
    List<Entry> entries = descriptor.entries();
    @Nullable List<Entry> counted = null;
    @Nullable Map<Integer, String> values = null;
    for (int i = 0; level != null && i < entries.size(); i++) {
      Entry entry = entries.get(i);
      String text = entry.key() + "_" + entry.value();
      level = level.child(entry, text);
      if (level != null && level.shares(text)) {
        counted = counted == null ? new ArrayList<>(entries) : counted;
        counted.set(i, level.shared(entry));
      }
      String named = level == null ? null : level.named(entry, text);
      if (named != null) {
        values = values == null ? new HashMap<>() : values;
        values.put(i, named);
      }
    }
    if (level == null || level.rule().isEmpty()) {
      return Optional.empty();
    }
    Rule rule = level.rule().get();
    List<Entry> named = counted == null ? entries : counted;
    List<String> path = rule.path();
    if (rule.detailedMetric()) {
      // As in the reference: what shares a counter leaves no trace of an empty value.
      boolean bare = counted != null;
      path = named.stream().map(entry -> detailed(entry, bare)).toList();
    } else if (values != null) {
      path = new ArrayList<>(path);
      values.forEach(path::set);
    }
    return Optional.of(new Match(rule, named, path));
  }

  private static String detailed(Entry entry, boolean bare) {
    return bare && entry.value().isEmpty() ? entry.key() : entry.key() + "_" + entry.value();
  }
}
