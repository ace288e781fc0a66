package dev.sluice.config;

import dev.sluice.config.BundlesReader.ServingName;
import dev.sluice.config.DeploymentsReader.PlacedDeployment;
import dev.sluice.config.EffectiveTier.EffectiveBlock;
import dev.sluice.config.SluiceConfig.DeploymentSettings;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Model;
import dev.sluice.policy.Rate;
import dev.sluice.policy.Tier;
import dev.sluice.queue.BatchSlots;
import dev.sluice.queue.QosList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Holds {@code sluice.yaml} and {@code sambastack.yaml} against each other. */
final class CrossCheck {
  private final SluiceReader ours;
  private final SambaStackReader vendors;
  private final List<BatchSlots> slots = new ArrayList<>();
  private final List<EffectiveTier> written;
  private final List<EffectiveTier> builtIn;

  CrossCheck(SluiceReader ours, SambaStackReader vendors) {
    this.ours = ours;
    this.vendors = vendors;
    ours.deployments().deployments().forEach(this::slots);
    Set<String> served = new TreeSet<>();
    slots.forEach(deployment -> served.addAll(deployment.models()));
    List<EffectiveTier> missing = SystemTiers.missing(vendors.tiers(), served, vendors.place());
    ShadowTiers shadowTiers = ShadowTiers.of(ours.shadowTiers(), vendors.tiers(), missing);
    this.written = shadowTiers.in(vendors.tiers());
    this.builtIn = shadowTiers.in(missing);
  }

  /** The batch slots of each deployment. */
  List<BatchSlots> slots() {
    return slots;
  }

  /** All tiers, those that are built in among them. */
  Map<String, Tier> tiers() {
    return Stream.concat(written.stream(), builtIn.stream())
        .map(EffectiveTier::tier)
        .collect(Collectors.toMap(Tier::name, tier -> tier));
  }

  TierTable table() {
    return TierTable.of(written, builtIn);
  }

  /** Warns of what can be done, but was probably not meant. */
  void run(SluiceConfig settings) {
    Map<String, EffectiveTier> states = new LinkedHashMap<>();
    List<EffectiveTier> users = new ArrayList<>();
    for (EffectiveTier tier : written) {
      if (Catalog.MODEL_STATES.contains(tier.name())) {
        states.put(tier.name(), tier);
      } else {
        users.add(tier);
      }
    }
    users.forEach(tier -> forUsers(tier, Optional.ofNullable(states.get(Catalog.DEPRECATED))));
    builtIn.forEach(this::missing);
    Set<String> listed =
        tiers().values().stream()
            .flatMap(tier -> tier.models().stream())
            .collect(Collectors.toSet());
    ours.deployments().deployments().forEach(deployment -> offered(deployment, listed));
    Optional<EffectiveTier> maintenance = Optional.ofNullable(states.get(Catalog.MAINTENANCE));
    ours.maintenanceFields()
        .forEach(
            (model, field) -> {
              if (maintenance.flatMap(tier -> tier.place(model)).isEmpty()) {
                field.warning("the tier maintenance does not list this model: no effect");
              }
            });
    new ModelsCheck(tiers(), settings).run(ours.models());
  }

  private void forUsers(EffectiveTier tier, Optional<EffectiveTier> deprecated) {
    if (tier.blocks().isEmpty()) {
      tier.field().warning("lists no model: its users can call nothing");
    }
    for (EffectiveBlock block : tier.blocks()) {
      boolean labelled = slots.isEmpty() || slots.stream().anyMatch(one -> lists(one, block.qos()));
      if (!labelled) {
        block
            .qosPlace()
            .warning("no deployment has the label \"%s\" in its qosList".formatted(block.qos()));
      }
      block
          .models()
          .forEach(
              (model, field) -> {
                served(model, block.qos(), labelled, field);
                deprecated
                    .flatMap(old -> old.place(model))
                    .ifPresent(
                        old ->
                            field.warning(
                                "the tier deprecated lists the model %s too, at %s, and that holds"
                                    .formatted(model, old.place())));
              });
    }
  }

  private static boolean lists(BatchSlots deployment, String qos) {
    return deployment.qosList().labels().contains(qos);
  }

  private void served(String model, String qos, boolean labelled, Field field) {
    List<BatchSlots> serving = slots.stream().filter(s -> s.models().contains(model)).toList();
    if (serving.isEmpty()) {
      field.warning("no deployment serves the model " + model + listedByBackendName(model));
    } else if (labelled && serving.stream().noneMatch(one -> lists(one, qos))) {
      field.warning(
          "no deployment that serves the model %s has the label \"%s\" in its qosList"
              .formatted(model, qos));
    }
  }

  /** The likeliest reason: a deployment lists what the model is called behind it. */
  private String listedByBackendName(String model) {
    return Optional.ofNullable(ours.models().models().get(model))
        .flatMap(Model::backend)
        .filter(name -> slots.stream().anyMatch(s -> s.models().contains(name)))
        .map(name -> "; one lists %s, but deployments list public names".formatted(name))
        .orElse("");
  }

  /** A tier that is built in because no file has it. */
  private void missing(EffectiveTier tier) {
    String holds =
        tier.blocks().isEmpty()
            ? "lists no model, as tiers list all that are served"
            : "lists %s with %s"
                .formatted(
                    String.join(", ", tier.tier().models()),
                    tier.blocks().get(0).rates().requests().stream()
                        .map(CrossCheck::words)
                        .collect(Collectors.joining(" and ")));
    vendors
        .place()
        .inside("serviceTiers", 1, Optional.empty())
        .inside(tier.name(), 1, Optional.empty())
        .warning("missing: the built-in tier holds, which " + holds);
  }

  private static String words(Rate rate) {
    return "%d requests in %d s".formatted(rate.allowedRequests(), rate.period().toSeconds());
  }

  /** Warns of models that a deployment serves and nobody can call, or not by that name. */
  private void offered(PlacedDeployment deployment, Set<String> listed) {
    DeploymentSettings settings = deployment.settings();
    new TreeSet<>(settings.models())
        .stream()
            .filter(model -> !listed.contains(model))
            .forEach(
                model ->
                    deployment
                        .name()
                        .warning(
                            "no tier lists the model %s, which this deployment".formatted(model)
                                + " serves: nobody can call it"));
    ServingName serving = vendors.bundles().servingNames().get(settings.name());
    if (serving != null && !settings.models().contains(serving.name())) {
      deployment
          .name()
          .warning(
              "the API calls the model of this deployment %s (%s), which is not in models"
                  .formatted(serving.name(), serving.field().place()));
    }
  }

  private void slots(PlacedDeployment deployment) {
    DeploymentSettings settings = deployment.settings();
    qosList(deployment)
        .map(
            list ->
                new BatchSlots(settings.uniqueName(), settings.models(), settings.slots(), list))
        .ifPresent(slots::add);
  }

  private Optional<QosList> qosList(PlacedDeployment deployment) {
    DeploymentSettings settings = deployment.settings();
    BundlesReader bundles = vendors.bundles();
    Optional<Field> theirs = bundles.qosListField(settings.name(), settings.group());
    if (theirs.isPresent()) {
      if (settings.qosList().isPresent()) {
        deployment
            .qosList()
            .error("this deployment has a qosList in " + theirs.get().place() + " too; remove one");
      }
      return bundles.qosList(settings.name(), settings.group());
    }
    if (settings.qosList().isEmpty() && deployment.qosList().absent()) {
      deployment.name().error(whyNone(settings, bundles));
    }
    return settings.qosList();
  }

  private static String whyNone(DeploymentSettings settings, BundlesReader bundles) {
    String remedy = "; give it a qosList here, or in sambastack.yaml";
    if (bundles.deployments().isEmpty()) {
      return "no qosList for the deployment " + settings.name() + remedy;
    }
    if (!bundles.deployments().contains(settings.name())) {
      return "no bundleDeploymentSpec and no resource has the name "
          + settings.name()
          + Spelling.didYouMean(settings.name(), bundles.deployments())
          + remedy;
    }
    return "no qosList for the group %s of the deployment %s"
            .formatted(settings.group(), settings.name())
        + remedy;
  }
}
