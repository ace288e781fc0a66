package dev.sluice.queue;

import java.util.Set;

/**
 * The batch slots of one deployment: how many requests it runs at a time, for which models, and in
 * which order it takes those that wait.
 *
 * @param deployment the deployment's name
 */
public record BatchSlots(String deployment, Set<String> models, int slots, QosList qosList) {
  public BatchSlots {
    models = Set.copyOf(models);
    if (slots < 1) {
      throw new IllegalArgumentException("a deployment needs at least one slot: " + slots);
    }
  }

  /** Whether requests for a model with a label are run here. */
  public boolean serves(String model, String qos) {
    return models.contains(model) && qosList.labels().contains(qos);
  }
}
