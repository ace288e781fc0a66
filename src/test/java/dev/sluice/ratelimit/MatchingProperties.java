package dev.sluice.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ratelimit.Descriptor.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random rule files and descriptors against the rules of matching, written down plainly. */
final class MatchingProperties {
  /** A descriptor of a rule file. */
  record Declared(
      String key,
      String value,
      boolean limited,
      boolean shared,
      boolean valueToMetric,
      boolean detailed,
      List<Declared> below) {
    String composite() {
      return value.isEmpty() ? key : key + "_" + value;
    }

    boolean wild() {
      return composite().contains("*");
    }

    boolean matches(String text) {
      String regex =
          Stream.of(composite().split("\\*", -1))
              .map(Pattern::quote)
              .collect(Collectors.joining(".*"));
      return wild() && text.matches(regex);
    }
  }

  /** What a descriptor should meet, and how its counter and its statistics should be named. */
  record Expected(String rule, String counter, String statistics) {}

  @Property(tries = 2_000)
  void match_anyRulesAndDescriptor_isWhatTheRulesOfMatchingSay(
      @ForAll("levels") List<Declared> rules, @ForAll("entries") List<Entry> entries) {
    RuleTree tree = Yaml.rules("domain: d\n" + yaml(rules, ""));
    Descriptor descriptor = new Descriptor(entries, Optional.empty(), OptionalLong.empty());

    Optional<Expected> found =
        tree.match("d", descriptor)
            .map(
                match ->
                    new Expected(
                        match.rule().key(),
                        counter(match.counted()),
                        String.join(".", match.path())));

    assertThat(found).isEqualTo(expected(rules, entries));
  }

  private static Optional<Expected> expected(List<Declared> rules, List<Entry> entries) {
    List<Declared> level = rules;
    List<String> path = new ArrayList<>();
    List<Entry> counted = new ArrayList<>();
    boolean anyShares = false;
    List<String> named = new ArrayList<>();
    Optional<Declared> at = Optional.empty();
    for (Entry entry : entries) {
      String text = entry.key() + "_" + entry.value();
      at = first(level, each -> each.composite().equals(text));
      boolean wild = at.isEmpty();
      if (at.isEmpty()) {
        at = first(level, each -> each.matches(text));
      }
      if (at.isEmpty()) {
        wild = false;
        at = first(level, each -> each.composite().equals(entry.key()));
      }
      if (at.isEmpty()) {
        return Optional.empty();
      }
      path.add(at.get().composite());
      boolean shares = wild && at.get().shared();
      anyShares |= shares;
      counted.add(shares ? shared(entry, at.get()) : entry);
      String own = entry.value().isEmpty() ? entry.key() : text;
      // What was met by its exact value is named by it, with or without value_to_metric.
      boolean ofValue = at.get().valueToMetric() && !at.get().shared();
      named.add(ofValue ? own : wild ? named(entry, at.get()) : at.get().composite());
      level = at.get().below();
    }
    boolean bare = anyShares;
    return at.filter(Declared::limited)
        .map(
            rule ->
                new Expected(
                    "d." + String.join(".", path),
                    counter(counted),
                    rule.detailed() ? detailed(counted, bare) : String.join(".", named)));
  }

  private static Optional<Declared> first(List<Declared> level, Predicate<Declared> matching) {
    return level.stream().filter(matching).findFirst();
  }

  private static Entry shared(Entry entry, Declared rule) {
    String key = entry.key() + "_";
    String all = rule.composite();
    return new Entry(entry.key(), all.startsWith(key) ? all.substring(key.length()) : all);
  }

  private static String named(Entry entry, Declared rule) {
    return entry.key() + "_" + shared(entry, rule).value();
  }

  private static String counter(List<Entry> entries) {
    return entries.stream().map(e -> e.key() + "_" + e.value()).collect(Collectors.joining("_"));
  }

  private static String detailed(List<Entry> entries, boolean bare) {
    return entries.stream()
        .map(e -> bare && e.value().isEmpty() ? e.key() : e.key() + "_" + e.value())
        .collect(Collectors.joining("."));
  }

  private static String yaml(List<Declared> level, String indent) {
    StringBuilder yaml = new StringBuilder(indent + "descriptors:\n");
    for (Declared each : level) {
      yaml.append(indent).append("- key: '").append(each.key()).append("'\n");
      if (!each.value().isEmpty()) {
        yaml.append(indent).append("  value: '").append(each.value()).append("'\n");
      }
      if (each.limited()) {
        yaml.append(indent).append("  rate_limit: {unit: day, requests_per_unit: 1}\n");
      }
      if (each.shared()) {
        yaml.append(indent).append("  share_threshold: true\n");
      }
      if (each.valueToMetric()) {
        yaml.append(indent).append("  value_to_metric: true\n");
      }
      if (each.detailed()) {
        yaml.append(indent).append("  detailed_metric: true\n");
      }
      if (!each.below().isEmpty()) {
        yaml.append(yaml(each.below(), indent + "  "));
      }
    }
    return yaml.toString();
  }

  @Provide
  Arbitrary<List<Declared>> levels() {
    return level(3);
  }

  private static Arbitrary<List<Declared>> level(int depth) {
    Arbitrary<List<Declared>> below =
        depth == 1 ? Arbitraries.just(List.of()) : Arbitraries.lazy(() -> level(depth - 1));
    Arbitrary<Declared> one =
        Combinators.combine(
                Arbitraries.of("a", "b", "a_b", "a*", "*b", "*"),
                Arbitraries.of("", "", "a", "b", "ab", "*", "a*", "*b", "a*b", "b_*"),
                Arbitraries.of(true, true, false),
                Arbitraries.of(true, false),
                Arbitraries.of(true, false),
                Arbitraries.of(true, false, false),
                below)
            .as(
                (key, value, limited, shared, valueToMetric, detailed, inner) ->
                    new Declared(
                        key,
                        value,
                        limited,
                        shared && (key + value).contains("*"),
                        valueToMetric,
                        detailed,
                        inner));
    return one.list()
        .ofMinSize(depth == 3 ? 1 : 0)
        .ofMaxSize(5)
        .uniqueElements(Declared::composite);
  }

  @Provide
  Arbitrary<List<Entry>> entries() {
    Arbitrary<Entry> entry =
        Combinators.combine(
                Arbitraries.of("a", "b", "a_b", "*"),
                Arbitraries.of("", "a", "b", "ab", "axb", "b_a", "*", "c"))
            .as(Entry::new);
    return entry.list().ofMinSize(0).ofMaxSize(3);
  }
}
