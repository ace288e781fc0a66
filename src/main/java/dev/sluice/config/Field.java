package dev.sluice.config;

import dev.sluice.account.InvalidRecord;
import dev.sluice.account.Names;
import dev.sluice.config.Problem.Severity;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A place in a file that may hold a value.
 *
 * <p>A method that reads a type returns empty when nothing stands here, and also when something
 * else does: then it has reported the problem, and the caller goes on with a default to find the
 * next one. A scalar may come from the environment instead. A YAML null counts as nothing.
 */
final class Field {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final Pattern LONGER = Pattern.compile("[1-9][0-9]{18,}");

  /** The largest whole number where nothing less bounds it. */
  static final long LARGEST = 999_999_999_999_999_999L;

  private static final Pattern SHARE = Pattern.compile("[01](\\.[0-9]{1,9})?|\\.[0-9]{1,9}");
  private static final Pattern DURATION = Pattern.compile("(0|[1-9][0-9]{0,8})(ms|s|m|h)");

  private final Reading reading;
  private final String path;
  private final int line;
  private final Optional<Node> node;
  private final boolean required;
  private final boolean secret;

  private Field(
      Reading reading,
      String path,
      int line,
      Optional<Node> node,
      boolean required,
      boolean secret) {
    this.reading = reading;
    this.path = path;
    this.line = line;
    this.node = node.filter(n -> !Tag.NULL.equals(n.getTag()));
    this.required = required;
    this.secret = secret;
  }

  /** The whole of a document. */
  static Field root(Reading reading, Optional<Node> node) {
    int line =
        node.map(n -> reading.source().line(n.getStartMark())).orElse(reading.source().firstLine());
    return new Field(reading, "", line, node, false, false);
  }

  /** A value inside this one. */
  Field inside(String step, int line, Optional<Node> node) {
    String inner = path.isEmpty() ? step : path + (step.startsWith("[") ? "" : ".") + step;
    return new Field(reading, inner, line, node, false, false);
  }

  /** This field, which is a problem when nothing stands here. */
  Field required() {
    return new Field(reading, path, line, node, true, secret);
  }

  /** This field, in which a key that is almost a known one is an error. */
  Field misspellingsAreErrors() {
    return new Field(reading.withMisspellings(Severity.ERROR), path, line, node, required, secret);
  }

  /** This field, whose value no problem may show. */
  Field secret() {
    return new Field(reading, path, line, node, required, true);
  }

  String path() {
    return path;
  }

  Reading reading() {
    return reading;
  }

  int line() {
    return line;
  }

  /** The file and line of this field, to be named in a problem elsewhere. */
  String place() {
    return reading.source().file() + ":" + line;
  }

  void error(String message) {
    reading.report(Severity.ERROR, line, path, message);
  }

  void warning(String message) {
    reading.report(Severity.WARNING, line, path, message);
  }

  /** Reports what is found out about the value after it was read, where the value stands. */
  void reportValue(Severity severity, String message) {
    if (reading.overrides().replaces(path)) {
      reading.overrides().report(severity, path, message, reading.problems());
    } else {
      reading.report(severity, line, path, message);
    }
  }

  boolean isMapping() {
    return node.filter(MappingNode.class::isInstance).isPresent();
  }

  /** Whether a list stands here, in the file or in the environment. */
  boolean isList() {
    return node.filter(SequenceNode.class::isInstance).isPresent()
        || reading.overrides().sets(path + "[0]");
  }

  /** Whether the file has anything here, be it right or wrong. */
  boolean isPresent() {
    return node.isPresent();
  }

  /** Whether neither the file nor the environment has anything here. */
  boolean absent() {
    return node.isEmpty() && !reading.overrides().sets(path);
  }

  /** Whether a map with this key stands here. */
  boolean has(String key) {
    return entry(key).isPresent();
  }

  /** The text under a key of the map that stands here, without reading the map. */
  Optional<String> peek(String key) {
    return entry(key).filter(ScalarNode.class::isInstance).map(n -> ((ScalarNode) n).getValue());
  }

  private Optional<Node> entry(String key) {
    if (node.isEmpty() || !(node.get() instanceof MappingNode mapping)) {
      return Optional.empty();
    }
    return mapping.getValue().stream()
        .filter(e -> e.getKeyNode() instanceof ScalarNode k && k.getValue().equals(key))
        .map(NodeTuple::getValueNode)
        .findFirst();
  }

  /** A scalar of the file that holds a YAML text of its own. */
  Optional<ScalarNode> scalar() {
    return node.filter(ScalarNode.class::isInstance).map(ScalarNode.class::cast);
  }

  /**
   * Reads a map. Keys that {@code reader} did not ask for are reported. When something else stands
   * here, {@code reader} gets an empty map, and what it misses there is not reported again.
   */
  <T> T map(Function<Fields, T> reader) {
    if (isMapping() || (node.isEmpty() && !(required && absent()))) {
      Fields fields = new Fields(this, node.map(MappingNode.class::cast));
      T value = reader.apply(fields);
      fields.reportUnknown();
      return value;
    }
    error(node.map(n -> "expected a map, found " + found(n)).orElse("missing: expected a map"));
    Field empty = new Field(reading.quietly(), path, line, Optional.empty(), false, secret);
    return reader.apply(new Fields(empty, Optional.empty()));
  }

  /** Reads a map as {@link #map} does, where {@code reader} keeps what it reads itself. */
  void read(Consumer<Fields> reader) {
    map(
        fields -> {
          reader.accept(fields);
          return fields;
        });
  }

  /** The items of a list, and those that only the environment has. */
  List<Field> items() {
    return items("a list");
  }

  /** The items of a list, or this alone where a map stands. */
  List<Field> itemsOrMap() {
    return isMapping() ? List.of(this) : items("a list or a map");
  }

  private List<Field> items(String expected) {
    if (node.isPresent() && !(node.get() instanceof SequenceNode)) {
      error("expected " + expected + ", found " + found(node.get()));
      return List.of();
    }
    List<Field> items = new ArrayList<>();
    for (Node item : node.map(n -> ((SequenceNode) n).getValue()).orElse(List.of())) {
      int itemLine = reading.source().line(item.getStartMark());
      items.add(inside("[" + items.size() + "]", itemLine, Optional.of(item)));
    }
    while (reading.overrides().sets(path + "[" + items.size() + "]")) {
      items.add(inside("[" + items.size() + "]", line, Optional.empty()));
    }
    if (required && items.isEmpty()) {
      error(
          node.isPresent() ? "expected at least one item, found none" : "missing: expected a list");
    }
    return items;
  }

  /** The texts of a list. */
  List<String> texts() {
    return each(Field::text);
  }

  Optional<String> text() {
    return value("a text", text -> Optional.of(text.strip()).filter(t -> !t.isEmpty()));
  }

  /** Reads the name of a tier, model or label: what accounts may have, and a terminal may show. */
  Optional<String> name() {
    return text().filter(this::isName);
  }

  /** Whether a text may be a name; reports it if not. */
  boolean isName(String text) {
    try {
      Names.require(path, text);
      return true;
    } catch (InvalidRecord e) {
      error(e.problem());
      return false;
    }
  }

  /** The names of a list. */
  List<String> names() {
    return each(Field::name);
  }

  private List<String> each(Function<Field, Optional<String>> reader) {
    return items().stream().flatMap(item -> reader.apply(item.required()).stream()).toList();
  }

  OptionalInt wholeNumber(int least, int most) {
    Optional<Long> number = wholeNumber((long) least, most);
    return number.isPresent() ? OptionalInt.of(Math.toIntExact(number.get())) : OptionalInt.empty();
  }

  /** Reads a whole number; {@link Long#MAX_VALUE} stands for the largest that is read. */
  Optional<Long> wholeNumber(long least, long most) {
    boolean unbounded =
        most == Long.MAX_VALUE && !raw().filter(LONGER.asMatchPredicate()).isPresent();
    String expected =
        unbounded
            ? "a whole number of " + least + " or more"
            : "a whole number from " + least + " to " + Math.min(most, LARGEST);
    return value(
        expected,
        text ->
            Optional.of(text)
                .filter(t -> WHOLE_NUMBER.matcher(t).matches())
                .map(Long::parseLong)
                .filter(n -> n >= least && n <= most));
  }

  /** Reads a number from 0 to 1. */
  Optional<Double> share() {
    return value(
        "a number from 0 to 1, such as 0.01",
        text ->
            Optional.of(text)
                .filter(SHARE.asMatchPredicate())
                .map(Double::parseDouble)
                .filter(share -> share <= 1));
  }

  /** Reads {@code 250ms}, {@code 10s}, {@code 5m} or {@code 1h}. */
  Optional<Duration> duration(Duration least, Duration most) {
    String expected =
        "a duration such as 500ms, 10s, 5m or 1h, from " + print(least) + " to " + print(most);
    return value(
        expected,
        text -> parseDuration(text).filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0));
  }

  private static Optional<Duration> parseDuration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          default -> Duration.ofHours(amount);
        });
  }

  private static String print(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 3_600_000 == 0 && millis > 0) {
      return millis / 3_600_000 + "h";
    }
    return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
  }

  Optional<Instant> instant() {
    return value(
        "a time such as 2026-12-01T06:00:00Z",
        text -> {
          try {
            return Optional.of(Instant.parse(text));
          } catch (DateTimeParseException e) {
            return Optional.empty();
          }
        });
  }

  Optional<Boolean> trueOrFalse() {
    return value(
        "true or false",
        text ->
            text.equals("true") || text.equals("false")
                ? Optional.of(text.equals("true"))
                : Optional.empty());
  }

  /** Reads a time, or the day at whose beginning, in UTC, it is. */
  Optional<Instant> dayOrInstant() {
    return value(
        "a day such as 2026-12-01 (from its beginning, UTC) or a time such as 2026-12-01T06:00:00Z",
        text -> {
          try {
            return Optional.of(
                text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
          } catch (DateTimeParseException e) {
            return Optional.empty();
          }
        });
  }

  /** Reads the name of a constant, written in lower case. */
  <E extends Enum<E>> Optional<E> oneOf(Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    return value(
        "one of " + constants.stream().map(Field::name).collect(Collectors.joining(", ")),
        text -> constants.stream().filter(c -> name(c).equals(text)).findFirst());
  }

  OptionalInt oneOf(int... allowed) {
    Optional<Integer> number =
        value(
            "one of "
                + Arrays.stream(allowed)
                    .mapToObj(String::valueOf)
                    .collect(Collectors.joining(", ")),
            text ->
                Arrays.stream(allowed).boxed().filter(n -> n.toString().equals(text)).findFirst());
    return number.isPresent() ? OptionalInt.of(number.get()) : OptionalInt.empty();
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a scalar.
   *
   * @param expected what it should be, for the problem
   * @param parser returns empty for anything else
   */
  <T> Optional<T> value(String expected, Function<String, Optional<T>> parser) {
    Optional<String> override = reading.overrides().value(path);
    if (override.isPresent()) {
      Optional<T> value = parser.apply(override.get());
      if (value.isEmpty()) {
        String message = "expected " + expected + foundText(override.get());
        reading.overrides().report(Severity.ERROR, path, message, reading.problems());
      }
      return value;
    }
    if (node.isEmpty()) {
      reportMissing(expected);
      return Optional.empty();
    }
    if (!(node.get() instanceof ScalarNode scalar)) {
      error("expected " + expected + ", found " + found(node.get()));
      return Optional.empty();
    }
    Optional<T> value = parser.apply(scalar.getValue());
    if (value.isEmpty()) {
      error("expected " + expected + foundText(scalar.getValue()));
    }
    return value;
  }

  private Optional<String> raw() {
    return reading.overrides().value(path).or(() -> scalar().map(ScalarNode::getValue));
  }

  private void reportMissing(String expected) {
    if (required && node.isEmpty()) {
      error("missing: expected " + expected);
    }
  }

  private String foundText(String text) {
    if (secret) {
      return " (what was found is not shown, as it may be a secret)";
    }
    String shown = text.length() > 60 ? text.substring(0, 60) + "..." : text;
    return ", found \"" + shown.replace("\n", "\\n") + "\"";
  }

  /** The kind only: a text in the place of a map or list could be anything, also a secret. */
  private static String found(Node node) {
    if (node instanceof MappingNode) {
      return "a map";
    }
    return node instanceof SequenceNode ? "a list" : "a single value";
  }
}
