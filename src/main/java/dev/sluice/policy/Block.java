package dev.sluice.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A model-group block of a tier: some models and what holds for each of them.
 *
 * @param models the models' public names; at least one
 * @param qos the Quality-of-Service label of the block's requests
 * @param queueDepth how many requests may wait before a busy response; 0 lets none wait
 * @param rates every entry applies; no two that are enforced, and no two in shadow, have the same
 *     period; none means unlimited
 * @param tokenRates the same for tokens; not enforced yet
 * @param bounds of one request
 * @param scope what the rates count together
 */
public record Block(
    Set<String> models,
    String qos,
    int queueDepth,
    List<Rate> rates,
    List<TokenRate> tokenRates,
    Bounds bounds,
    RateScope scope) {
  public Block {
    models = Set.copyOf(models);
    rates = List.copyOf(rates);
    tokenRates = List.copyOf(tokenRates);
    if (models.isEmpty()) {
      throw new IllegalArgumentException("a block needs at least one model");
    }
    if (qos.isBlank()) {
      throw new IllegalArgumentException("a block needs a qos label");
    }
    if (queueDepth < 0) {
      throw new IllegalArgumentException("queueDepth must be 0 or more: " + queueDepth);
    }
    checkDistinct(rates.stream().filter(rate -> !rate.shadow()).map(Rate::period));
    checkDistinct(rates.stream().filter(Rate::shadow).map(Rate::period));
    checkDistinct(tokenRates.stream().filter(rate -> !rate.shadow()).map(TokenRate::period));
    checkDistinct(tokenRates.stream().filter(TokenRate::shadow).map(TokenRate::period));
  }

  /** A block whose requests are unbounded, and whose models are counted one by one. */
  public Block(Set<String> models, String qos, int queueDepth, List<Rate> rates) {
    this(models, qos, queueDepth, rates, List.of(), Bounds.NONE, RateScope.MODEL);
  }

  /**
   * What tells this block from the others of its tier, whatever their order: the first of its
   * models by name.
   */
  public String name() {
    return Collections.min(models);
  }

  private static void checkDistinct(Stream<Duration> periods) {
    List<Duration> all = periods.sorted().toList();
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i).equals(all.get(i - 1))) {
        throw new IllegalArgumentException("two rates have the same period: " + all.get(i));
      }
    }
  }
}
