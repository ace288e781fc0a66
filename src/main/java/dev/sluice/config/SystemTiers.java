package dev.sluice.config;

import dev.sluice.config.BlockValues.Rates;
import dev.sluice.config.BlockValues.Value;
import dev.sluice.config.EffectiveTier.EffectiveBlock;
import dev.sluice.policy.Rate;
import dev.sluice.policy.RateScope;
import dev.sluice.policy.Tier;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The tiers that hold where the vendor's file has none of the name. Which limits the vendor builds
 * in is not published: these are those that it publishes for its cloud's free and developer users.
 *
 * <p>The system tiers that speak of models list none, so there is nothing to build in for them.
 */
final class SystemTiers {
  private static final int QUEUE_DEPTH = 25;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration DAY = Duration.ofDays(1);

  static final Map<String, List<Rate>> BUILT_IN = new LinkedHashMap<>();

  static {
    BUILT_IN.put(Tier.FREE, List.of(new Rate(20, MINUTE), new Rate(20, DAY)));
    BUILT_IN.put("web", List.of(new Rate(60, MINUTE), new Rate(12_000, DAY)));
  }

  private SystemTiers() {}

  static boolean isBuiltIn(String name) {
    return BUILT_IN.containsKey(name);
  }

  /**
   * The built-in tiers that are not in the files.
   *
   * @param tiers of the files
   * @param served every model that a deployment serves: of these, the built-in tiers list those
   *     that the files do not speak of, so that they never widen what a file says
   * @param place to which their values are ascribed
   */
  static List<EffectiveTier> missing(
      List<EffectiveTier> tiers, Collection<String> served, Field place) {
    Map<String, Field> models = new LinkedHashMap<>();
    new TreeSet<>(served).forEach(model -> models.put(model, place));
    tiers.forEach(
        tier -> tier.blocks().forEach(b -> models.keySet().removeAll(b.models().keySet())));
    return BUILT_IN.keySet().stream()
        .filter(name -> tiers.stream().noneMatch(tier -> tier.name().equals(name)))
        .map(name -> builtIn(name, models, place))
        .toList();
  }

  private static EffectiveTier builtIn(String name, Map<String, Field> models, Field place) {
    List<Rate> rates = Optional.ofNullable(BUILT_IN.get(name)).orElseThrow();
    BlockValues values =
        new BlockValues(
            Optional.of(new Value<>(name, name, place, true)),
            Optional.of(new Value<>(QUEUE_DEPTH, name, place, true)),
            Optional.of(new Value<>(new Rates(rates, List.of()), name, place, true)),
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Value<>(RateScope.MODEL, name, place, true)),
            Optional.of(new Value<>(false, name, place, true)));
    return new EffectiveTier(
        name,
        place,
        models.isEmpty()
            ? List.of()
            : List.of(new EffectiveBlock(models, name, Optional.empty(), values)));
  }
}
