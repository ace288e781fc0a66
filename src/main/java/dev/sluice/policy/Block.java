package dev.sluice.policy;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A model-group block of a tier: some models and what holds for each of them.
 *
 * @param models the models' public names; at least one
 * @param qos the Quality-of-Service label of the block's requests
 * @param queueDepth how many requests may wait before a busy response; 0 lets none wait
 * @param rates every entry applies; no two entries have the same period; none means unlimited
 */
public record Block(Set<String> models, String qos, int queueDepth, List<Rate> rates) {
  public Block {
    models = Set.copyOf(models);
    rates = List.copyOf(rates);
    if (models.isEmpty()) {
      throw new IllegalArgumentException("a block needs at least one model");
    }
    if (qos.isBlank()) {
      throw new IllegalArgumentException("a block needs a qos label");
    }
    if (queueDepth < 0) {
      throw new IllegalArgumentException("queueDepth must be 0 or more: " + queueDepth);
    }
    Set<Duration> periods = new HashSet<>();
    for (Rate rate : rates) {
      if (!periods.add(rate.period())) {
        throw new IllegalArgumentException("two rates have the same period: " + rate.period());
      }
    }
  }
}
