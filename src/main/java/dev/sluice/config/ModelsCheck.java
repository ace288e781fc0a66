package dev.sluice.config;

import dev.sluice.config.ModelsReader.PlacedModel;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.DoorMode;
import dev.sluice.policy.Model;
import dev.sluice.policy.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Holds {@code models} against the tiers and the doors: warns of what will not work as meant. */
final class ModelsCheck {
  private final Map<String, Tier> tiers;
  private final Set<String> listed = new TreeSet<>();
  private final Set<String> callable = new TreeSet<>();
  private final List<String> doorsInFullMode = new ArrayList<>();

  ModelsCheck(Map<String, Tier> tiers, SluiceConfig settings) {
    this.tiers = tiers;
    for (Tier tier : tiers.values()) {
      listed.addAll(tier.models());
      if (!Catalog.MODEL_STATES.contains(tier.name())) {
        callable.addAll(tier.models());
      }
    }
    if (settings.extAuthz().mode() == DoorMode.FULL) {
      doorsInFullMode.add("extAuthz");
    }
    if (settings.auth().mode() == DoorMode.FULL) {
      doorsInFullMode.add("auth");
    }
  }

  void run(ModelsReader models) {
    models.placed().values().forEach(this::model);
  }

  private void model(PlacedModel placed) {
    Model model = placed.model();
    if (!listed.contains(model.name())) {
      placed
          .itself()
          .warning(
              "no tier lists this model: nobody can call it"
                  + Spelling.didYouMean(model.name(), listed));
    }
    if (model.backend().isPresent() && !doorsInFullMode.isEmpty()) {
      placed
          .backend()
          .warning(
              "%s in full mode: no body can be changed at the edge, so backends behind it are sent"
                      .formatted(String.join(" and ", doorsInFullMode))
                  + " %s; only the header x-sluice-backend-model has this name"
                      .formatted(model.name()));
    }
    boolean goes = model.deprecated().or(model::sunset).isPresent() || isDeprecated(model.name());
    model.successor().ifPresent(next -> successor(placed.successor(), next, goes));
  }

  private void successor(Field field, String successor, boolean goes) {
    if (isDeprecated(successor)) {
      field.warning("the tier deprecated lists " + successor + ": it has gone as well");
    } else if (!callable.contains(successor)) {
      field.warning(
          "no tier for users lists %s: whoever follows gets a 404".formatted(successor)
              + Spelling.didYouMean(successor, callable));
    }
    if (!goes) {
      field.warning(
          "no effect: the model has neither deprecated nor sunset, and the tier deprecated does not"
              + " list it");
    }
  }

  private boolean isDeprecated(String model) {
    return Optional.ofNullable(tiers.get(Catalog.DEPRECATED))
        .flatMap(tier -> tier.block(model))
        .isPresent();
  }
}
