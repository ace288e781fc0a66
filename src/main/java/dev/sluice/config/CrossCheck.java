package dev.sluice.config;

import dev.sluice.config.DeploymentsReader.PlacedDeployment;
import dev.sluice.config.SluiceConfig.DeploymentSettings;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Model;
import dev.sluice.policy.Tier;
import dev.sluice.queue.BatchSlots;
import dev.sluice.queue.QosList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Holds {@code sluice.yaml} and {@code sambastack.yaml} against each other. */
final class CrossCheck {
  private final SluiceReader ours;
  private final SambaStackReader vendors;
  private final List<BatchSlots> slots = new ArrayList<>();

  CrossCheck(SluiceReader ours, SambaStackReader vendors) {
    this.ours = ours;
    this.vendors = vendors;
    ours.deployments().deployments().forEach(this::slots);
  }

  /** The batch slots of each deployment. */
  List<BatchSlots> slots() {
    return slots;
  }

  /**
   * Warns of requests that a tier allows and no deployment takes, and of models that nobody has.
   */
  void run(SluiceConfig settings) {
    for (TiersReader.PlacedBlock block : vendors.tiers().blocks()) {
      block.models().forEach((model, field) -> served(model, block.block().qos(), field));
    }
    Optional<Tier> maintenance =
        Optional.ofNullable(vendors.tiers().tiers().get(Catalog.MAINTENANCE));
    ours.maintenanceFields()
        .forEach(
            (model, field) -> {
              if (maintenance.flatMap(tier -> tier.block(model)).isEmpty()) {
                field.warning("the tier maintenance does not list this model: no effect");
              }
            });
    new ModelsCheck(vendors.tiers().tiers(), settings).run(ours.models());
  }

  private void served(String model, String qos, Field field) {
    List<BatchSlots> serving = slots.stream().filter(s -> s.models().contains(model)).toList();
    if (serving.isEmpty()) {
      field.warning("no deployment serves the model " + model + listedByBackendName(model));
    } else if (serving.stream().noneMatch(s -> s.qosList().labels().contains(qos))) {
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
      return "no bundleDeploymentSpec has the name "
          + settings.name()
          + Spelling.didYouMean(settings.name(), bundles.deployments())
          + remedy;
    }
    return "no qosList for the group %s of the bundleDeploymentSpec %s"
            .formatted(settings.group(), settings.name())
        + remedy;
  }
}
