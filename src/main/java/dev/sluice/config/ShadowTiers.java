package dev.sluice.config;

import dev.sluice.policy.Catalog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * {@code shadowTiers}: the tiers of the vendor's file that are not enforced, said in ours.
 *
 * @param places where it is said, by tier
 */
record ShadowTiers(Map<String, Field> places) {
  /**
   * Reads the names; problems are reported.
   *
   * @param written the tiers of the files
   * @param builtIn those that no file has
   */
  static ShadowTiers of(
      List<Field> names, List<EffectiveTier> written, List<EffectiveTier> builtIn) {
    List<String> known =
        Stream.concat(written.stream(), builtIn.stream())
            .map(EffectiveTier::name)
            .filter(name -> !Catalog.MODEL_STATES.contains(name))
            .toList();
    Map<String, Field> places = new LinkedHashMap<>();
    for (Field item : names) {
      item.required()
          .text()
          .filter(name -> isUsable(name, item, known))
          .ifPresent(
              name -> {
                Field earlier = places.putIfAbsent(name, item);
                if (earlier != null) {
                  item.warning("stands twice, first in line " + earlier.line());
                }
              });
    }
    return new ShadowTiers(places);
  }

  private static boolean isUsable(String name, Field item, List<String> known) {
    if (Catalog.MODEL_STATES.contains(name)) {
      item.error("the tier " + name + " speaks of models and limits nothing");
    } else if (!known.contains(name)) {
      item.error("there is no tier " + name + Spelling.didYouMean(name, known));
    }
    return known.contains(name);
  }

  /** The tiers, with those of them in shadow that are. */
  List<EffectiveTier> in(List<EffectiveTier> tiers) {
    return tiers.stream()
        .map(tier -> Optional.ofNullable(places.get(tier.name())).map(tier::inShadow).orElse(tier))
        .toList();
  }
}
