package dev.sluice.config;

import dev.sluice.config.BlockValues.Value;
import dev.sluice.config.EffectiveTier.EffectiveBlock;
import dev.sluice.policy.Block;
import dev.sluice.policy.Catalog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What holds for each tier and model, and where it comes from: for people who ask why.
 *
 * @param tiers for users, in the order of the files, then those that are built in
 * @param states by system tier: the models that are deprecated, in maintenance or restricted
 */
public record TierTable(List<Entry> tiers, Map<String, Set<String>> states) {
  public TierTable {
    tiers = List.copyOf(tiers);
  }

  /** The part that speaks of one tier. */
  public TierTable of(String tier) {
    Map<String, Set<String>> its = new LinkedHashMap<>(states);
    its.keySet().retainAll(Set.of(tier));
    return new TierTable(tiers.stream().filter(one -> one.tier().equals(tier)).toList(), its);
  }

  /**
   * A tier.
   *
   * @param builtIn whether no file has it
   */
  public record Entry(String tier, boolean builtIn, List<Row> rows) {
    public Entry {
      rows = List.copyOf(rows);
    }
  }

  /**
   * What holds for one model in a tier.
   *
   * @param block all values that hold
   * @param inherited by field of the file: the tier that says the value, where it is another one
   * @param defaults the fields of which no tier says anything
   */
  public record Row(
      String model, Block block, Map<String, String> inherited, Set<String> defaults) {}

  static TierTable of(List<EffectiveTier> written, List<EffectiveTier> builtIn) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Set<String>> states = new LinkedHashMap<>();
    for (EffectiveTier tier : written) {
      if (Catalog.MODEL_STATES.contains(tier.name())) {
        states.put(tier.name(), tier.tier().models());
      } else {
        entries.add(new Entry(tier.name(), false, rows(tier)));
      }
    }
    builtIn.forEach(tier -> entries.add(new Entry(tier.name(), true, rows(tier))));
    return new TierTable(entries, states);
  }

  private static List<Row> rows(EffectiveTier tier) {
    List<Row> rows = new ArrayList<>();
    for (EffectiveBlock effective : tier.blocks()) {
      Block block = effective.block();
      Map<String, String> inherited = new LinkedHashMap<>();
      Set<String> defaults = new LinkedHashSet<>();
      if (!effective.listedBy().equals(tier.name())) {
        inherited.put("models", effective.listedBy());
      }
      values(effective.values())
          .forEach(
              (field, value) -> {
                if (value.isEmpty() || isDefault(field, value.get(), tier.name())) {
                  defaults.add(field);
                } else if (!value.get().tier().equals(tier.name())) {
                  inherited.put(field, value.get().tier());
                }
              });
      effective
          .models()
          .keySet()
          .forEach(model -> rows.add(new Row(model, block, inherited, defaults)));
    }
    return rows;
  }

  private static Map<String, Optional<? extends Value<?>>> values(BlockValues values) {
    Map<String, Optional<? extends Value<?>>> byField = new LinkedHashMap<>();
    byField.put("qos", values.qos());
    byField.put("queueDepth", values.queueDepth());
    byField.put("rates", values.rates());
    byField.put("maxBatchSize", values.maxBatchSize());
    byField.put("maxOutputTokens", values.maxOutputTokens());
    byField.put("scope", values.scope());
    byField.put("shadow", values.shadow());
    return byField;
  }

  /** The name of a base, which is its default label, comes from the base all the same. */
  private static boolean isDefault(String field, Value<?> value, String tier) {
    return value.isDefault() && (value.tier().equals(tier) || !field.equals("qos"));
  }
}
