package dev.sluice.config;

import dev.sluice.config.BlockValues.Rates;
import dev.sluice.config.BlockValues.Value;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Rate;
import dev.sluice.policy.RateScope;
import dev.sluice.policy.TokenRate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the fields of the blocks of one tier. */
final class BlockReader {
  static final int DEFAULT_QUEUE_DEPTH = 100;

  /** All fields of a block. */
  static final List<String> KEYS =
      List.of(
          "models",
          "qos",
          "queueDepth",
          "rates",
          "maxBatchSize",
          "maxOutputTokens",
          "maxCompletionTokens",
          "scope",
          "shadow");

  static final int LONGEST_PERIOD_SECONDS = 366 * 24 * 3600;

  private final String tier;

  BlockReader(String tier) {
    this.tier = tier;
  }

  /** What holds where a block and its tier say nothing. */
  BlockValues defaults(Field block) {
    boolean state = Catalog.MODEL_STATES.contains(tier);
    return new BlockValues(
        Optional.of(new Value<>(tier, tier, block, true)),
        Optional.of(new Value<>(state ? 0 : DEFAULT_QUEUE_DEPTH, tier, block, true)),
        Optional.of(new Value<>(Rates.UNLIMITED, tier, block, true)),
        Optional.empty(),
        Optional.empty(),
        Optional.of(new Value<>(RateScope.MODEL, tier, block, true)),
        Optional.of(new Value<>(false, tier, block, true)));
  }

  BlockValues values(Fields fields) {
    return new BlockValues(
        said(fields.field("qos"), Field::name),
        said(fields.field("queueDepth"), BlockReader::queueDepth),
        said(fields.field("rates"), BlockReader::rates),
        said(fields.field("maxBatchSize"), BlockReader::bound),
        maxOutputTokens(fields),
        said(fields.field("scope"), field -> field.oneOf(RateScope.class)),
        said(fields.field("shadow"), Field::trueOrFalse));
  }

  private interface Parser<T> {
    Optional<T> parse(Field field);
  }

  private <T> Optional<Value<T>> said(Field field, Parser<T> parser) {
    return field.isPresent()
        ? parser.parse(field).map(value -> new Value<>(value, tier, field, false))
        : Optional.empty();
  }

  /** Two names, because the vendor's API calls its models' bounds {@code max_completion_tokens}. */
  private Optional<Value<Long>> maxOutputTokens(Fields fields) {
    Field other = fields.field("maxCompletionTokens");
    Optional<Value<Long>> output = said(fields.field("maxOutputTokens"), BlockReader::bound);
    Optional<Value<Long>> completion = said(other, BlockReader::bound);
    if (fields.has("maxOutputTokens") && other.isPresent()) {
      other.error("maxOutputTokens, which means the same, stands here too; remove one");
    }
    return output.or(() -> completion);
  }

  private static Optional<Integer> queueDepth(Field field) {
    Optional<Long> depth = field.wholeNumber(0, Long.MAX_VALUE);
    if (depth.filter(waiters -> waiters > Integer.MAX_VALUE).isPresent()) {
      field.warning("no queue is as long: %d holds".formatted(Integer.MAX_VALUE));
    }
    return depth.map(waiters -> (int) Math.min(waiters, Integer.MAX_VALUE));
  }

  private static Optional<Long> bound(Field field) {
    return field.wholeNumber(1L, Long.MAX_VALUE);
  }

  /** The models of a list, by name, with their places; a second time is reported. */
  Map<String, Field> models(Field list) {
    Map<String, Field> models = new LinkedHashMap<>();
    for (Field item : list.items()) {
      item.required()
          .name()
          .ifPresent(
              model -> {
                Field earlier = models.putIfAbsent(model, item);
                if (earlier != null) {
                  item.warning(
                      "this block lists the model %s in line %d already"
                          .formatted(model, earlier.line()));
                }
              });
    }
    return models;
  }

  /** What no two rates of a block may both have. */
  private record Window(Duration period, boolean shadow) {}

  /** The vendor's own documents write one rate both as a list of one and as a map. */
  private static Optional<Rates> rates(Field field) {
    Map<Window, Long> requests = new LinkedHashMap<>();
    Map<Window, Long> tokens = new LinkedHashMap<>();
    for (Field item : field.itemsOrMap()) {
      item.required().read(fields -> rate(fields, item, requests, tokens));
    }
    return Optional.of(
        new Rates(
            requests.entrySet().stream()
                .map(e -> new Rate(e.getValue(), e.getKey().period(), e.getKey().shadow()))
                .toList(),
            tokens.entrySet().stream()
                .map(e -> new TokenRate(e.getValue(), e.getKey().period(), e.getKey().shadow()))
                .toList()));
  }

  private static void rate(
      Fields fields, Field item, Map<Window, Long> requests, Map<Window, Long> tokens) {
    Field requestsField = fields.field("allowedRequests");
    Field tokensField = fields.field("allowedTokens");
    Optional<Long> allowedTokens = tokensField.wholeNumber(0, Long.MAX_VALUE);
    Optional<Long> allowedRequests =
        (tokensField.isPresent() ? requestsField : requestsField.required())
            .wholeNumber(0, Long.MAX_VALUE);
    OptionalInt seconds =
        fields.field("periodSeconds").required().wholeNumber(1, LONGEST_PERIOD_SECONDS);
    boolean shadow = fields.field("shadow").trueOrFalse().orElse(false);
    if (seconds.isPresent()) {
      Window window = new Window(Duration.ofSeconds(seconds.getAsInt()), shadow);
      allowedRequests.ifPresent(allowed -> add(requests, window, allowed, item, "requests"));
      allowedTokens.ifPresent(allowed -> add(tokens, window, allowed, item, "tokens"));
    }
    allowedTokens.ifPresent(
        allowed -> tokensField.warning("is not enforced yet: tokens are counted in metrics only"));
  }

  private static void add(
      Map<Window, Long> byWindow, Window window, long allowed, Field item, String unit) {
    Long earlier = byWindow.get(window);
    long tightest = earlier == null ? allowed : Math.min(earlier, allowed);
    byWindow.put(window, tightest);
    if (earlier != null) {
      item.warning(
          "two rates have a period of %d s: the tightest holds, %d %s"
              .formatted(window.period().toSeconds(), tightest, unit));
    }
  }
}
