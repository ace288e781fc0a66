package dev.sluice.commandline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.config.TierTable;
import dev.sluice.config.TierTable.Entry;
import dev.sluice.config.TierTable.Row;
import dev.sluice.policy.Block;
import dev.sluice.policy.RateScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** How tiers look on a terminal and in JSON. */
public record ShownTiers(TierTable table) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> HEAD =
      List.of("TIER", "MODEL", "QOS", "QUEUE", "RATES AND BOUNDS", "INHERITED");

  /** As lines of text; models for which the same holds stand together. */
  public List<String> lines(int mostColumns) {
    if (table.tiers().isEmpty()) {
      return states();
    }
    TextTable text = new TextTable(HEAD);
    for (Entry tier : table.tiers()) {
      String name = tier.tier() + (tier.builtIn() ? "\n(built in)" : "");
      if (tier.rows().isEmpty()) {
        text.row(List.of(name, "(none)", "", "", "", ""));
      }
      for (List<Row> rows : together(tier.rows())) {
        text.row(row(name, rows));
        name = "";
      }
    }
    List<String> lines = new ArrayList<>(text.lines(mostColumns));
    lines.addAll(states());
    return lines;
  }

  private List<String> states() {
    return table.states().entrySet().stream()
        .map(state -> state.getKey() + ": " + list(state.getValue()))
        .toList();
  }

  private static List<List<Row>> together(List<Row> rows) {
    Map<Block, List<Row>> byBlock = new LinkedHashMap<>();
    rows.forEach(row -> byBlock.computeIfAbsent(row.block(), b -> new ArrayList<>()).add(row));
    return List.copyOf(byBlock.values());
  }

  private static List<String> row(String tier, List<Row> rows) {
    Row first = rows.get(0);
    Block block = first.block();
    return List.of(
        tier,
        rows.stream().map(Row::model).collect(Collectors.joining("\n")),
        block.qos(),
        Integer.toString(block.queueDepth()),
        String.join("\n", limits(block)),
        inherited(first.inherited()));
  }

  private static List<String> limits(Block block) {
    List<String> limits = new ArrayList<>();
    block
        .rates()
        .forEach(
            r ->
                limits.add(
                    r.allowedRequests() + " requests" + per(r.period()) + shadow(r.shadow())));
    if (block.rates().isEmpty()) {
      limits.add("any number of requests");
    } else if (block.scope() != RateScope.MODEL) {
      limits.add("counted over the " + block.scope().label());
    }
    block
        .tokenRates()
        .forEach(
            r -> limits.add(r.allowedTokens() + " tokens" + per(r.period()) + ": not enforced"));
    String shadow = shadow(block.bounds().shadow());
    block
        .bounds()
        .maxBatchSize()
        .ifPresent(most -> limits.add("at most " + most + " at once" + shadow));
    block
        .bounds()
        .maxOutputTokens()
        .ifPresent(most -> limits.add("at most " + most + " output tokens" + shadow));
    return limits;
  }

  private static String shadow(boolean inShadow) {
    return inShadow ? ": in shadow" : "";
  }

  private static String per(Duration period) {
    long seconds = period.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds == 86_400 ? " a day" : " in " + seconds / 86_400 + " days";
    } else if (seconds % 3600 == 0) {
      return seconds == 3600 ? " an hour" : " in " + seconds / 3600 + " h";
    } else if (seconds % 60 == 0) {
      return seconds == 60 ? " a minute" : " in " + seconds / 60 + " min";
    }
    return seconds == 1 ? " a second" : " in " + seconds + " s";
  }

  /** By tier: the fields that come from it. */
  private static String inherited(Map<String, String> byField) {
    Map<String, List<String>> byTier = new LinkedHashMap<>();
    byField.forEach(
        (field, tier) -> byTier.computeIfAbsent(tier, t -> new ArrayList<>()).add(field));
    return byTier.entrySet().stream()
        .map(one -> list(one.getValue()) + " from " + one.getKey())
        .collect(Collectors.joining("\n"));
  }

  private static String list(Iterable<String> names) {
    return String.join(", ", names);
  }

  /** Adds {@code tiers}, a row for each tier and model, and {@code states}. */
  public void addTo(ObjectNode root) {
    ArrayNode tiers = root.putArray("tiers");
    for (Entry tier : table.tiers()) {
      ObjectNode node = tiers.addObject().put("tier", tier.tier()).put("builtIn", tier.builtIn());
      ArrayNode models = node.putArray("models");
      tier.rows().forEach(row -> add(row, models.addObject()));
    }
    ObjectNode states = root.putObject("states");
    table.states().forEach((state, models) -> models.forEach(states.putArray(state)::add));
  }

  private static void add(Row row, ObjectNode node) {
    node.put("model", row.model());
    add(row.block(), node);
    node.set("inherited", JSON.valueToTree(row.inherited()));
    node.set("defaults", JSON.valueToTree(row.defaults()));
  }

  /** Adds what holds for the models of a block. */
  static void add(Block block, ObjectNode node) {
    node.put("qos", block.qos()).put("queueDepth", block.queueDepth());
    ArrayNode rates = node.putArray("rates");
    block
        .rates()
        .forEach(r -> rate(rates, "allowedRequests", r.allowedRequests(), r.period(), r.shadow()));
    block
        .tokenRates()
        .forEach(
            r ->
                rate(rates, "allowedTokens", r.allowedTokens(), r.period(), r.shadow())
                    .put("enforced", false));
    bound(node, "maxBatchSize", block.bounds().maxBatchSize());
    bound(node, "maxOutputTokens", block.bounds().maxOutputTokens());
    node.put("boundsInShadow", block.bounds().shadow());
    node.put("scope", block.scope().label());
  }

  private static ObjectNode rate(
      ArrayNode rates, String unit, long allowed, Duration period, boolean shadow) {
    return rates
        .addObject()
        .put(unit, allowed)
        .put("periodSeconds", period.toSeconds())
        .put("shadow", shadow);
  }

  private static void bound(ObjectNode node, String name, OptionalLong most) {
    if (most.isPresent()) {
      node.put(name, most.getAsLong());
    } else {
      node.putNull(name);
    }
  }
}
