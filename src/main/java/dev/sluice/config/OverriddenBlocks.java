package dev.sluice.config;

import dev.sluice.config.DeclaredTier.EveryBlock;
import dev.sluice.config.DeclaredTier.Inherited;
import dev.sluice.config.DeclaredTier.SomeModels;
import dev.sluice.config.DeclaredTier.Written;
import dev.sluice.config.EffectiveTier.EffectiveBlock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The blocks that a tier inherits from one base, with what it overrides.
 *
 * @param tier that inherits
 */
record OverriddenBlocks(String tier, Inherited inherited) {

  List<EffectiveBlock> of(EffectiveTier base) {
    List<EffectiveBlock> blocks =
        base.blocks().stream()
            .map(
                block ->
                    new EffectiveBlock(
                        block.models(),
                        block.listedBy(),
                        Optional.of(inherited.place()),
                        block.values()))
            .toList();
    return inherited.overriding() instanceof EveryBlock every
        ? every(every, base, blocks)
        : some((SomeModels) inherited.overriding(), base, blocks);
  }

  private List<EffectiveBlock> every(
      EveryBlock every, EffectiveTier base, List<EffectiveBlock> blocks) {
    warnOfNoChange(every.values(), blocks);
    List<EffectiveBlock> changed =
        blocks.stream().map(block -> block.with(every.values().over(block.values()))).toList();
    if (every.models().isEmpty()) {
      return changed;
    }
    if (blocks.size() != 1) {
      any(every.models())
          .error(
              ("the tier %s has %d blocks, so its models cannot be replaced all at once; write the"
                      + " blocks out")
                  .formatted(base.name(), blocks.size()));
      return changed;
    }
    EffectiveBlock only = changed.get(0);
    if (only.models().keySet().equals(every.models().keySet())) {
      any(every.models()).warning("changes nothing: " + base.name() + " lists the same models");
    }
    return List.of(new EffectiveBlock(every.models(), tier, only.inherits(), only.values()));
  }

  private static Field any(Map<String, Field> models) {
    return models.values().iterator().next();
  }

  private List<EffectiveBlock> some(
      SomeModels some, EffectiveTier base, List<EffectiveBlock> blocks) {
    Map<String, Field> overridden = new HashMap<>();
    List<EffectiveBlock> changed = blocks;
    for (Written part : some.parts()) {
      Map<String, Field> matched = matched(part, base, overridden);
      List<EffectiveBlock> split = new ArrayList<>();
      List<EffectiveBlock> hit = new ArrayList<>();
      for (EffectiveBlock block : changed) {
        Map<String, Field> in = new LinkedHashMap<>(block.models());
        in.keySet().retainAll(matched.keySet());
        Map<String, Field> out = new LinkedHashMap<>(block.models());
        out.keySet().removeAll(matched.keySet());
        if (!in.isEmpty()) {
          hit.add(block);
          split.add(block.of(in).with(part.values().over(block.values())));
        }
        if (!out.isEmpty()) {
          split.add(block.of(out));
        }
      }
      if (!hit.isEmpty()) {
        warnOfNoChange(part.values(), hit);
      }
      changed = split;
    }
    return changed;
  }

  /** Those models of a part that the base has and no earlier part overrides. */
  private static Map<String, Field> matched(
      Written part, EffectiveTier base, Map<String, Field> overridden) {
    Map<String, Field> matched = new LinkedHashMap<>();
    part.models()
        .forEach(
            (model, place) -> {
              if (base.place(model).isEmpty()) {
                List<String> known =
                    base.blocks().stream().flatMap(b -> b.models().keySet().stream()).toList();
                place.error(
                    "the tier %s has no model %s".formatted(base.name(), model)
                        + Spelling.didYouMean(model, known));
              } else {
                Field earlier = overridden.putIfAbsent(model, place);
                if (earlier != null) {
                  place.error(
                      "the model %s is overridden at %s already; put both into one"
                          .formatted(model, earlier.place()));
                } else {
                  matched.put(model, place);
                }
              }
            });
    return matched;
  }

  private void warnOfNoChange(BlockValues values, List<EffectiveBlock> blocks) {
    Set<Field> changing = new HashSet<>();
    blocks.forEach(block -> values.changes(block.values()).forEach(changing::add));
    Stream<Field> idle = values.places().filter(place -> !changing.contains(place));
    idle.forEach(
        place -> place.warning("changes nothing: " + inherited.base() + " says the same already"));
  }
}
