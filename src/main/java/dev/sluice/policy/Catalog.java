package dev.sluice.policy;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All tiers, as one snapshot of the configuration.
 *
 * <p>The system tiers {@code deprecated}, {@code maintenance} and {@code restricted} speak of
 * models, not of users: a model that stands in one of them is answered 410, 503 or 403, whatever
 * else lists it. A system tier that is missing here lists no model.
 *
 * @param tiers by name
 * @param maintenanceEnds by model: when a maintenance is expected to end
 */
public record Catalog(Map<String, Tier> tiers, Map<String, Instant> maintenanceEnds) {
  public static final String DEPRECATED = "deprecated";
  public static final String MAINTENANCE = "maintenance";
  public static final String RESTRICTED = "restricted";

  /** The tiers that speak of models and are given to nobody. */
  public static final Set<String> MODEL_STATES = Set.of(DEPRECATED, MAINTENANCE, RESTRICTED);

  public Catalog {
    tiers = Map.copyOf(tiers);
    maintenanceEnds = Map.copyOf(maintenanceEnds);
    tiers.forEach(
        (name, tier) -> {
          if (!tier.name().equals(name)) {
            throw new IllegalArgumentException("tier " + tier.name() + " stands under " + name);
          }
        });
  }

  /**
   * Decides whether a tier may call a model.
   *
   * @param explicit whether the tier was given to the caller, rather than the default
   */
  public ModelAccess access(String tierName, boolean explicit, String model) {
    if (lists(DEPRECATED, model)) {
      return new ModelAccess.ModelDeprecated();
    }
    if (lists(MAINTENANCE, model)) {
      return new ModelAccess.UnderMaintenance(Optional.ofNullable(maintenanceEnds.get(model)));
    }
    Tier tier = MODEL_STATES.contains(tierName) ? null : tiers.get(tierName);
    Optional<Block> block = tier == null ? Optional.empty() : tier.block(model);
    if (lists(RESTRICTED, model) && !(explicit && block.isPresent())) {
      return new ModelAccess.Restricted();
    }
    if (tier == null || block.isEmpty()) {
      return new ModelAccess.NotFound();
    }
    return new ModelAccess.Allowed(tier, block.get());
  }

  /** The models that {@link #access} allows to a tier, sorted by name. */
  public Set<String> allowedModels(String tierName, boolean explicit) {
    Set<String> allowed = new TreeSet<>();
    Tier tier = tiers.get(tierName);
    if (tier != null) {
      for (String model : tier.models()) {
        if (access(tierName, explicit, model) instanceof ModelAccess.Allowed) {
          allowed.add(model);
        }
      }
    }
    return allowed;
  }

  /** Every model that any tier lists, with the tiers that list it. */
  public Map<String, Set<String>> tiersByModel() {
    Map<String, Set<String>> byModel = new TreeMap<>();
    tiers
        .values()
        .forEach(
            tier ->
                tier.models()
                    .forEach(
                        model ->
                            byModel.computeIfAbsent(model, m -> new TreeSet<>()).add(tier.name())));
    return byModel;
  }

  private boolean lists(String tierName, String model) {
    Tier tier = tiers.get(tierName);
    return tier != null && tier.block(model).isPresent();
  }
}
