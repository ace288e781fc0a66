package dev.sluice.policy;

import java.time.Instant;
import java.util.HashSet;
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
 * @param models by public name: those of which more is said than which tiers list them
 */
public record Catalog(
    Map<String, Tier> tiers, Map<String, Instant> maintenanceEnds, Map<String, Model> models) {
  public static final String DEPRECATED = "deprecated";
  public static final String MAINTENANCE = "maintenance";
  public static final String RESTRICTED = "restricted";

  /** The tiers that speak of models and are given to nobody. */
  public static final Set<String> MODEL_STATES = Set.of(DEPRECATED, MAINTENANCE, RESTRICTED);

  public Catalog {
    tiers = Map.copyOf(tiers);
    maintenanceEnds = Map.copyOf(maintenanceEnds);
    models = Map.copyOf(models);
    models.forEach(
        (name, model) -> {
          if (!model.name().equals(name)) {
            throw new IllegalArgumentException("model " + model.name() + " stands under " + name);
          }
        });
    tiers.forEach(
        (name, tier) -> {
          if (!tier.name().equals(name)) {
            throw new IllegalArgumentException("tier " + tier.name() + " stands under " + name);
          }
        });
  }

  /** One of whose models nothing more is said. */
  public Catalog(Map<String, Tier> tiers, Map<String, Instant> maintenanceEnds) {
    this(tiers, maintenanceEnds, Map.of());
  }

  /**
   * Decides whether a tier may call a model.
   *
   * @param explicit whether the tier was given to the caller, rather than the default
   */
  public ModelAccess access(String tierName, boolean explicit, String model, Instant now) {
    if (gone(model, now)) {
      return new ModelAccess.ModelDeprecated(successor(model, now));
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
  public Set<String> allowedModels(String tierName, boolean explicit, Instant now) {
    Set<String> allowed = new TreeSet<>();
    Tier tier = tiers.get(tierName);
    if (tier != null) {
      for (String model : tier.models()) {
        if (access(tierName, explicit, model, now) instanceof ModelAccess.Allowed) {
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

  /** What backends call a model. */
  public String nameAtBackend(String model) {
    return said(model).flatMap(Model::backend).orElse(model);
  }

  /** What the clients of a model are told of its end; empty while there is nothing to tell. */
  public Optional<Retirement> retirement(String model, Instant now) {
    Optional<Model> said = said(model);
    boolean announced = said.filter(one -> one.announced(now)).isPresent();
    return announced || gone(model, now)
        ? Optional.of(
            new Retirement(
                said.flatMap(Model::deprecated).filter(from -> !now.isBefore(from)),
                said.flatMap(Model::sunset),
                successor(model, now)))
        : Optional.empty();
  }

  /** The first of its successors that is still there. */
  private Optional<String> successor(String model, Instant now) {
    Set<String> passed = new HashSet<>();
    Optional<String> next = said(model).flatMap(Model::successor);
    while (next.isPresent() && gone(next.get(), now)) {
      next = passed.add(next.get()) ? said(next.get()).flatMap(Model::successor) : Optional.empty();
    }
    return next;
  }

  private boolean gone(String model, Instant now) {
    return lists(DEPRECATED, model) || said(model).filter(one -> one.ended(now)).isPresent();
  }

  private Optional<Model> said(String model) {
    return Optional.ofNullable(models.get(model));
  }

  private boolean lists(String tierName, String model) {
    Tier tier = tiers.get(tierName);
    return tier != null && tier.block(model).isPresent();
  }
}
