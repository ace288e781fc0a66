package dev.sluice.metrics;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which metric of Prometheus a dotted name of StatsD is, by the rules of <a
 * href="https://github.com/prometheus/statsd_exporter#glob-matching">statsd_exporter</a>'s mapping
 * files: globs go before regular expressions, whatever their order.
 *
 * <p>Names may have values of requests in them, so the expressions are matched in linear time.
 *
 * @param rules the first that matches decides
 */
public record StatsdMapping(List<Rule> rules) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{?([0-9]{1,3})\\}?");

  public StatsdMapping {
    rules =
        rules.stream().sorted(Comparator.comparing(rule -> rule.match() instanceof Regex)).toList();
  }

  /** What a name stands for. */
  public enum Kind {
    COUNTER,
    GAUGE,
    OBSERVER
  }

  /** What a name must look like. */
  public sealed interface Match {
    Pattern pattern();
  }

  /** A name with {@code *} in the place of some of its parts. */
  public record Glob(Pattern pattern) implements Match {
    /** Reads {@code a.*.b}. */
    public static Glob of(String text) {
      return new Glob(
          Pattern.compile(
              Stream.of(text.split("\\.", -1))
                  .map(part -> part.equals("*") ? "([^.]*)" : Pattern.quote(part))
                  .collect(Collectors.joining("\\.", "^", "$"))));
    }
  }

  /** What occurs anywhere in a name. */
  public record Regex(Pattern pattern) implements Match {}

  /**
   * A rule.
   *
   * @param only what the names must stand for; empty: anything
   * @param action what becomes of the names
   */
  public record Rule(Match match, Optional<Kind> only, Action action) {}

  /** What becomes of a name. */
  public sealed interface Action {
    /**
     * It is a metric.
     *
     * @param name with {@code $1} for what the first asterisk or group stands for
     * @param labels with the same in their values
     */
    record Name(String name, Map<String, String> labels) implements Action {
      public Name {
        labels = Map.copyOf(labels);
      }
    }

    /** It is left out. */
    record Drop() implements Action {}
  }

  /** A metric and its labels. */
  public record Mapped(String name, SortedMap<String, String> labels) {
    List<String> labelNames() {
      return List.copyOf(labels.keySet());
    }

    List<String> labelValues() {
      return List.copyOf(labels.values());
    }
  }

  /** What a name becomes; empty: it is left out. A name without a rule becomes itself. */
  public Optional<Mapped> map(String name, Kind kind) {
    for (Rule rule : rules) {
      if (rule.only().isEmpty() || rule.only().get() == kind) {
        Matcher found = rule.match().pattern().matcher(name);
        if (found.find()) {
          return mapped(rule.action(), found);
        }
      }
    }
    return Optional.of(new Mapped(escaped(name), new TreeMap<>()));
  }

  private static Optional<Mapped> mapped(Action action, Matcher found) {
    if (!(action instanceof Action.Name named)) {
      return Optional.empty();
    }
    SortedMap<String, String> labels = new TreeMap<>();
    named.labels().forEach((label, value) -> labels.put(label, filled(value, found)));
    return Optional.of(new Mapped(escaped(filled(named.name(), found)), labels));
  }

  /** With what was found in the place of its references; of what was not there, nothing. */
  private static String filled(String template, Matcher found) {
    StringBuilder text = new StringBuilder();
    Matcher reference = REFERENCE.matcher(template);
    int end = 0;
    while (reference.find()) {
      text.append(template.substring(end, reference.start()));
      int group = Integer.parseInt(reference.group(1));
      if (group <= found.groupCount()) {
        text.append(Optional.ofNullable(found.group(group)).orElse(""));
      }
      end = reference.end();
    }
    return text.append(template.substring(end)).toString();
  }

  private static String escaped(String name) {
    String whole = name.isEmpty() || Character.isDigit(name.charAt(0)) ? "_" + name : name;
    return whole.replaceAll("[^a-zA-Z0-9_]", "_");
  }
}
