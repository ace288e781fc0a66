package dev.sluice.config;

import dev.sluice.config.DeclaredTier.Entry;
import dev.sluice.config.DeclaredTier.Inherited;
import dev.sluice.config.EffectiveTier.EffectiveBlock;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.RateScope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Gives tiers what they inherit, to any depth, without recursion: a chain may be as long as a file.
 */
final class Inheritance {
  private final Map<String, DeclaredTier> declared;
  private final Map<String, EffectiveTier> effective = new LinkedHashMap<>();

  /** Tiers with a base that cannot be had; what follows from that is not reported again. */
  private final Set<String> broken = new HashSet<>();

  private Inheritance(Map<String, DeclaredTier> declared) {
    this.declared = declared;
  }

  /** All tiers with what they inherit, in the order of the files; problems are reported. */
  static List<EffectiveTier> resolve(Map<String, DeclaredTier> declared) {
    Inheritance inheritance = new Inheritance(declared);
    inheritance.basesFirst().forEach(inheritance::resolve);
    return declared.keySet().stream().map(inheritance::effective).toList();
  }

  private EffectiveTier effective(String name) {
    return Optional.ofNullable(effective.get(name)).orElseThrow();
  }

  /** A tier on the way down to its bases, and those that have not been looked at. */
  private record Step(DeclaredTier tier, Iterator<Inherited> bases) {
    static Step into(DeclaredTier tier) {
      return new Step(tier, inherited(tier).iterator());
    }
  }

  private static Stream<Inherited> inherited(DeclaredTier tier) {
    return tier.entries().stream().filter(Inherited.class::isInstance).map(Inherited.class::cast);
  }

  private Collection<DeclaredTier> basesFirst() {
    Map<String, DeclaredTier> done = new LinkedHashMap<>();
    for (DeclaredTier start : declared.values()) {
      Deque<Step> path = new ArrayDeque<>();
      Set<String> open = new HashSet<>();
      if (!done.containsKey(start.name())) {
        path.addLast(Step.into(start));
        open.add(start.name());
      }
      while (!path.isEmpty()) {
        Step step = path.getLast();
        if (step.bases().hasNext()) {
          Inherited next = step.bases().next();
          if (isUsable(next, path, open) && !done.containsKey(next.base())) {
            path.addLast(Step.into(Optional.ofNullable(declared.get(next.base())).orElseThrow()));
            open.add(next.base());
          }
        } else {
          path.removeLast();
          open.remove(step.tier().name());
          done.put(step.tier().name(), step.tier());
        }
      }
    }
    return done.values();
  }

  private boolean isUsable(Inherited next, Deque<Step> path, Set<String> open) {
    String base = next.base();
    String tier = path.getLast().tier().name();
    if (open.contains(base)) {
      next.place().error("inherits in a circle: " + chain(path, base, true));
    } else if (!declared.containsKey(base)) {
      next.place().error("there is no tier " + base + why(base) + chainTo(path, base));
    } else if (Catalog.MODEL_STATES.contains(base)) {
      next.place().error("the tier " + base + " speaks of models, not of users: write it out");
    } else {
      return true;
    }
    broken.add(tier);
    return false;
  }

  private String why(String base) {
    return SystemTiers.isBuiltIn(base)
        ? " in the files, and the built-in one cannot be inherited: write it out"
        : Spelling.didYouMean(base, declared.keySet());
  }

  private static String chainTo(Deque<Step> path, String base) {
    return path.size() == 1 ? "" : " (" + chain(path, base, false) + ")";
  }

  /** The names from a tier, or from the first, to a base. */
  private static String chain(Deque<Step> path, String base, boolean circle) {
    StringBuilder chain = new StringBuilder();
    for (Step step : path) {
      String name = step.tier().name();
      if (!circle || !chain.isEmpty() || name.equals(base)) {
        chain.append(name).append(" → ");
      }
    }
    return chain + base;
  }

  private void resolve(DeclaredTier tier) {
    List<EffectiveBlock> blocks = new ArrayList<>();
    for (Entry entry : tier.entries()) {
      if (entry instanceof DeclaredTier.Written written) {
        blocks.add(
            new EffectiveBlock(written.models(), tier.name(), Optional.empty(), written.values()));
      } else if (entry instanceof Inherited inherited && isWhole(inherited.base())) {
        blocks.addAll(new OverriddenBlocks(tier.name(), inherited).of(effective(inherited.base())));
      } else {
        broken.add(tier.name());
      }
    }
    List<EffectiveBlock> distinct = distinct(blocks);
    checkTierScope(distinct);
    effective.put(tier.name(), new EffectiveTier(tier.name(), tier.field(), distinct));
  }

  private boolean isWhole(String base) {
    return effective.containsKey(base)
        && !broken.contains(base)
        && !Catalog.MODEL_STATES.contains(base);
  }

  /** A model that stands in several blocks belongs to the first. */
  private static List<EffectiveBlock> distinct(List<EffectiveBlock> blocks) {
    Map<String, Field> seen = new LinkedHashMap<>();
    List<EffectiveBlock> distinct = new ArrayList<>();
    for (EffectiveBlock block : blocks) {
      Map<String, Field> own = new LinkedHashMap<>();
      block
          .models()
          .forEach(
              (model, place) -> {
                Field earlier = seen.putIfAbsent(model, place);
                if (earlier == null) {
                  own.put(model, place);
                } else {
                  block
                      .inherits()
                      .orElse(place)
                      .warning(
                          "this tier lists the model %s already, at %s, and that holds"
                              .formatted(model, earlier.place()));
                }
              });
      if (!own.isEmpty()) {
        distinct.add(block.of(own));
      }
    }
    return distinct;
  }

  /** Blocks that are counted together have one count, and so one set of rates. */
  private static void checkTierScope(List<EffectiveBlock> blocks) {
    List<EffectiveBlock> together =
        blocks.stream().filter(block -> block.scope() == RateScope.TIER).toList();
    if (together.isEmpty()) {
      return;
    }
    EffectiveBlock first = together.get(0);
    for (EffectiveBlock block : together) {
      if (!block.rates().equals(first.rates())) {
        block
            .ratesPlace()
            .error(
                "blocks with scope tier are counted together and need one set of rates; %s has"
                        .formatted(first.ratesPlace().place())
                    + " another");
      }
    }
    if (together.size() < blocks.size()) {
      first
          .scopePlace()
          .warning("not all blocks of the tier have scope tier; the others are not counted in it");
    }
  }
}
