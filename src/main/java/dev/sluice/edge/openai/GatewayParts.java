package dev.sluice.edge.openai;

import dev.sluice.admission.Admission;
import dev.sluice.admission.Counters;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.RequestId;
import dev.sluice.metrics.Metrics;
import dev.sluice.queue.Dispatcher;
import java.time.Duration;
import java.util.Set;

/**
 * What the requests of a gateway share.
 *
 * @param models the names that may stand in a metric's label
 * @param tiers likewise
 * @param maxWait in the queue
 * @param running the requests whose holds and grants are to be renewed
 */
record GatewayParts(
    Admission admission,
    Counters counters,
    Dispatcher dispatcher,
    Refusals refusals,
    RequestId requestIds,
    Metrics metrics,
    Bodies bodies,
    Replies replies,
    Connections connections,
    Set<String> models,
    Set<String> tiers,
    Duration maxWait,
    Set<Exchange> running) {

  /** The model as a metric's label. */
  String modelLabel(String model) {
    return models.contains(model) ? model : Metrics.OTHER;
  }

  /** The tier as a metric's label. */
  String tierLabel(String tier) {
    return tiers.contains(tier) ? tier : Metrics.OTHER;
  }
}
