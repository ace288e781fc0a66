package dev.sluice.config;

import dev.sluice.policy.Block;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Rate;
import dev.sluice.policy.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code serviceTiers}. */
final class TiersReader {
  static final int DEFAULT_QUEUE_DEPTH = 100;
  private static final int LONGEST_PERIOD_SECONDS = 366 * 24 * 3600;
  private static final String INHERITS =
      "is not supported by this version; write the tier out in full";

  private final Map<String, Field> seen = new HashMap<>();
  private final Map<String, Tier> tiers = new LinkedHashMap<>();
  private final List<PlacedBlock> blocks = new ArrayList<>();

  /** A block of a tier for users, with the places of its models in the file. */
  record PlacedBlock(Block block, Map<String, Field> models) {}

  Map<String, Tier> tiers() {
    return tiers;
  }

  /** The blocks of all tiers but those that speak of a model's state. */
  List<PlacedBlock> blocks() {
    return blocks;
  }

  /** Whether no tier was seen, right or wrong. */
  boolean none() {
    return seen.isEmpty();
  }

  void read(Field serviceTiers) {
    serviceTiers.read(fields -> fields.all().forEach(this::tier));
  }

  private void tier(String name, Field field) {
    Field earlier = seen.putIfAbsent(name, field);
    if (earlier != null) {
      field.error("this tier stands twice, first at " + earlier.place() + "; remove one");
      return;
    }
    if (name.isBlank()) {
      field.error("a tier needs a name");
      return;
    }
    if (field.isMapping() && field.has("inherits")) {
      field.error("\"inherits\" " + INHERITS);
      return;
    }
    List<Block> read = new ArrayList<>();
    Map<String, Integer> lineOf = new HashMap<>();
    for (Field item : field.items()) {
      item.required().map(fields -> block(name, fields, lineOf)).ifPresent(read::add);
    }
    tiers.put(name, new Tier(name, read));
  }

  private Optional<Block> block(String tier, Fields fields, Map<String, Integer> lineOf) {
    if (fields.has("inherits") || fields.has("overrides")) {
      fields.ignore("models", "qos", "queueDepth", "rates", "inherits", "overrides");
      String key = fields.has("inherits") ? "inherits" : "overrides";
      fields.field(key).error(INHERITS);
      return Optional.empty();
    }
    boolean state = Catalog.MODEL_STATES.contains(tier);
    Map<String, Field> models = models(fields, lineOf);
    String qos = fields.field("qos").text().orElse(tier);
    Optional<Long> depth = fields.field("queueDepth").wholeNumber(0, Long.MAX_VALUE);
    List<Rate> rates = rates(fields.field("rates"));
    if (models.isEmpty()) {
      return Optional.empty();
    }
    int queueDepth =
        depth
            .map(d -> (int) Math.min(d, Integer.MAX_VALUE))
            .orElse(state ? 0 : DEFAULT_QUEUE_DEPTH);
    Block block = new Block(models.keySet(), qos, queueDepth, rates);
    if (!state) {
      blocks.add(new PlacedBlock(block, models));
    }
    return Optional.of(block);
  }

  private static Map<String, Field> models(Fields fields, Map<String, Integer> lineOf) {
    Map<String, Field> models = new LinkedHashMap<>();
    for (Field item : fields.field("models").required().items()) {
      Optional<String> model = item.required().text();
      if (model.isPresent()) {
        Integer earlier = lineOf.putIfAbsent(model.get(), item.line());
        if (earlier != null) {
          item.warning(
              "this tier lists the model "
                  + model.get()
                  + " in line "
                  + earlier
                  + " already, and that holds");
        }
        models.putIfAbsent(model.get(), item);
      }
    }
    return models;
  }

  /** The vendor's own documents write one rate both as a list of one and as a map. */
  private static List<Rate> rates(Field field) {
    Map<Duration, Rate> byPeriod = new LinkedHashMap<>();
    for (Field item : field.isMapping() ? List.of(field) : field.items()) {
      item.required().map(TiersReader::rate).ifPresent(rate -> add(rate, byPeriod, item));
    }
    return List.copyOf(byPeriod.values());
  }

  private static void add(Rate rate, Map<Duration, Rate> byPeriod, Field item) {
    Rate earlier = byPeriod.putIfAbsent(rate.period(), rate);
    if (earlier == null) {
      return;
    }
    Rate tightest = rate.allowedRequests() < earlier.allowedRequests() ? rate : earlier;
    byPeriod.put(rate.period(), tightest);
    item.warning(
        "two rates have a period of %d s: the tightest holds, %d requests"
            .formatted(rate.period().toSeconds(), tightest.allowedRequests()));
  }

  private static Optional<Rate> rate(Fields fields) {
    Optional<Long> allowed =
        fields.field("allowedRequests").required().wholeNumber(0, Long.MAX_VALUE);
    OptionalInt period =
        fields.field("periodSeconds").required().wholeNumber(1, LONGEST_PERIOD_SECONDS);
    return allowed.isPresent() && period.isPresent()
        ? Optional.of(new Rate(allowed.get(), Duration.ofSeconds(period.getAsInt())))
        : Optional.empty();
  }
}
