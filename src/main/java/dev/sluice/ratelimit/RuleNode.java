package dev.sluice.ratelimit;

import dev.sluice.ratelimit.Descriptor.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A level of the rules: what applies here, and what may follow, by composite key ({@code
 * key_value}, or {@code key} alone).
 *
 * <p>Filled by the loader, and not changed once it is in a {@link RuleTree}.
 */
final class RuleNode {
  /** So many names are enough for who looks for a mistake. */
  static final int SOME = 20;

  /** Of the levels below, for such a hint. */
  private static final int LOOKED_AT = 1_000;

  private final String composite;
  private final Optional<Rule> rule;
  private final boolean shared;
  private final boolean valueToMetric;
  private final Optional<RuleOrigin> origin;
  private final Optional<Wildcard> wildcard;
  private final Map<String, RuleNode> children = new HashMap<>();
  private final List<RuleNode> wildcards = new ArrayList<>();

  /**
   * @param shared whether all that its wildcard matches share one counter
   * @param valueToMetric whether statistics tell the values apart that lead here
   * @param origin where it was read, if it was
   */
  RuleNode(
      String composite,
      Optional<Rule> rule,
      boolean shared,
      boolean valueToMetric,
      Optional<RuleOrigin> origin) {
    this.composite = composite;
    this.rule = rule;
    this.shared = shared;
    this.valueToMetric = valueToMetric;
    this.origin = origin;
    this.wildcard =
        Wildcard.is(composite) ? Optional.of(new Wildcard(composite)) : Optional.empty();
  }

  static RuleNode domain() {
    return new RuleNode("", Optional.empty(), false, false, Optional.empty());
  }

  /** Adds a level below this one, unless there is one with its composite key. */
  boolean add(RuleNode child) {
    if (children.putIfAbsent(child.composite, child) != null) {
      return false;
    }
    if (child.wildcard.isPresent()) {
      wildcards.add(child);
    }
    return true;
  }

  /** The composite key that leads here. */
  String composite() {
    return composite;
  }

  Optional<RuleOrigin> origin() {
    return origin;
  }

  /**
   * The composite keys of levels below: all, or of many some that begin so, sorted. It is a hint,
   * so of very many not all are looked at.
   */
  List<String> someNames(String beginning) {
    return children.keySet().stream()
        .limit(LOOKED_AT)
        .filter(name -> children.size() <= SOME || name.startsWith(beginning))
        .limit(SOME)
        .sorted()
        .toList();
  }

  Optional<Rule> rule() {
    return rule;
  }

  /** The rules here and below, in no order. */
  void collect(List<Rule> rules) {
    rule.ifPresent(rules::add);
    children.values().forEach(child -> child.collect(rules));
  }

  /**
   * The level that an entry leads to: by its key and value, else by the first wildcard, else by its
   * key alone.
   *
   * @param text the entry's key and value, composed
   */
  @Nullable RuleNode child(Entry entry, String text) {
    RuleNode exact = children.get(text);
    if (exact != null) {
      return exact;
    }
    for (RuleNode child : wildcards) {
      if (child.matches(text)) {
        return child;
      }
    }
    return children.get(entry.key());
  }

  /** Whether the counter of what led here is that of all that the wildcard matches. */
  boolean shares(String text) {
    return shared && !text.equals(composite) && matches(text);
  }

  /**
   * The name in statistics of what led here, if it is not that of this level: the value, or, where
   * a wildcard matched beyond the key that it stands behind, the wildcard with the entry's key.
   */
  @Nullable String named(Entry entry, String text) {
    boolean ofValue = valueToMetric && !shares(text);
    if (ofValue) {
      return entry.value().isEmpty() ? entry.key() : text;
    }
    // The text begins with the key and what follows it.
    boolean beyond =
        wildcard.isPresent()
            && !composite.regionMatches(0, text, 0, entry.key().length() + 1)
            && matches(text);
    return beyond ? entry.key() + "_" + composite : null;
  }

  /** The entry of the counter that they share, which has the wildcard for its value. */
  Entry shared(Entry entry) {
    String key = entry.key() + "_";
    String pattern = composite.startsWith(key) ? composite.substring(key.length()) : composite;
    return new Entry(entry.key(), pattern);
  }

  private boolean matches(String text) {
    return wildcard.isPresent() && wildcard.get().matches(text);
  }
}
