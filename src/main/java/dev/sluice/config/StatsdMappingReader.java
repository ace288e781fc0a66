package dev.sluice.config;

import com.google.re2j.PatternSyntaxException;
import dev.sluice.config.Problem.Severity;
import dev.sluice.metrics.StatsdMapping;
import dev.sluice.metrics.StatsdMapping.Action;
import dev.sluice.metrics.StatsdMapping.Glob;
import dev.sluice.metrics.StatsdMapping.Kind;
import dev.sluice.metrics.StatsdMapping.Match;
import dev.sluice.metrics.StatsdMapping.Regex;
import dev.sluice.metrics.StatsdMapping.Rule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.Node;

/** Reads a mapping file of statsd_exporter. */
final class StatsdMappingReader {
  private static final Pattern GLOB =
      Pattern.compile("(\\*|[a-zA-Z_][a-zA-Z0-9_-]*)(\\.(\\*|[a-zA-Z0-9_][a-zA-Z0-9_-]*))*");
  private static final String REFERENCE = "\\$\\{?[0-9]+\\}?";
  private static final Pattern NAME =
      Pattern.compile("([a-zA-Z_]|" + REFERENCE + ")([a-zA-Z0-9_]|" + REFERENCE + ")*");
  private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  /** How it makes summaries and histograms of timers: the only one here is a histogram anyway. */
  private static final String[] OF_TIMERS = {
    "timer_type",
    "observer_type",
    "buckets",
    "quantiles",
    "histogram_options",
    "summary_options",
    "ttl",
    "glob_disable_ordering"
  };

  private StatsdMappingReader() {}

  /** How a name is matched. */
  private enum MatchType {
    GLOB,
    REGEX
  }

  /**
   * Reads the file that a field names, if it names one. Blocks. A file that is not there is none:
   * Envoy Gateway names one, and need not mount it.
   */
  static Optional<StatsdMapping> read(Field path) {
    return path.text().map(Path::of).flatMap(file -> read(path, file));
  }

  private static Optional<StatsdMapping> read(Field path, Path file) {
    if (Files.notExists(file)) {
      path.reportValue(Severity.WARNING, file + " is not there: metrics have their usual names");
      return Optional.empty();
    }
    Problems problems = path.reading().problems();
    Source source = Source.file(file.toString());
    List<Node> documents =
        YamlText.read(file, problems)
            .flatMap(text -> YamlText.documents(text, source, problems))
            .orElse(List.of());
    Reading reading = new Reading(source, problems, new Overrides(Map.of()), Severity.WARNING);
    return Optional.of(
        Field.root(reading, documents.stream().findFirst()).map(StatsdMappingReader::mapping));
  }

  private static StatsdMapping mapping(Fields root) {
    MatchType usual =
        root.field("defaults")
            .map(
                fields -> {
                  fields.ignore(OF_TIMERS);
                  return fields.field("match_type").oneOf(MatchType.class);
                })
            .orElse(MatchType.GLOB);
    return new StatsdMapping(
        root.field("mappings").items().stream()
            .flatMap(item -> item.map(fields -> rule(fields, usual)).stream())
            .toList());
  }

  private static Optional<Rule> rule(Fields fields, MatchType usual) {
    fields.ignore(OF_TIMERS);
    fields.ignore("help", "honor_labels");
    MatchType type = fields.field("match_type").oneOf(MatchType.class).orElse(usual);
    Optional<Match> match =
        type == MatchType.GLOB
            ? fields
                .field("match")
                .required()
                .value("a name such as a.*.b", StatsdMappingReader::glob)
            : fields
                .field("match")
                .required()
                .value("a regular expression, as Go has them", StatsdMappingReader::regex);
    Optional<String> name =
        fields
            .field("name")
            .required()
            .value(
                "letters, digits, _ and references such as $1",
                text -> Optional.of(text).filter(NAME.asMatchPredicate()));
    boolean drop =
        fields
            .field("action")
            .value(
                "map or drop", text -> Optional.of(text).filter(List.of("map", "drop")::contains))
            .filter("drop"::equals)
            .isPresent();
    Optional<Kind> only =
        fields
            .field("match_metric_type")
            .value("counter, gauge, observer or timer", StatsdMappingReader::kind);
    Map<String, String> labels = fields.field("labels").map(StatsdMappingReader::labels);
    if (match.isEmpty() || name.isEmpty()) {
      return Optional.empty();
    }
    Action action = drop ? new Action.Drop() : new Action.Name(name.get(), labels);
    return Optional.of(new Rule(match.get(), only, action));
  }

  private static Optional<Match> glob(String text) {
    return Optional.of(text).filter(GLOB.asMatchPredicate()).map(Glob::of);
  }

  private static Optional<Match> regex(String text) {
    try {
      return Optional.of(new Regex(com.google.re2j.Pattern.compile(text)));
    } catch (PatternSyntaxException e) {
      return Optional.empty();
    }
  }

  private static Optional<Kind> kind(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "counter" -> Optional.of(Kind.COUNTER);
      case "gauge" -> Optional.of(Kind.GAUGE);
      case "observer", "timer" -> Optional.of(Kind.OBSERVER);
      default -> Optional.empty();
    };
  }

  private static Map<String, String> labels(Fields fields) {
    Map<String, String> labels = new TreeMap<>();
    fields
        .all()
        .forEach(
            (label, value) -> {
              if (!LABEL.matcher(label).matches()) {
                value.error("a label has letters, digits and _ only");
              }
              labels.put(label, value.value("a text", Optional::of).orElse(""));
            });
    return labels;
  }
}
