package dev.sluice.edge.metrics;

import dev.sluice.queue.QueueSnapshot;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.function.Supplier;

/** What waits and what runs, read when Prometheus asks. */
public final class QueueCollector extends Collector {
  private final Supplier<QueueSnapshot> queue;

  public QueueCollector(Supplier<QueueSnapshot> queue) {
    this.queue = queue;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    QueueSnapshot snapshot = queue.get();
    List<String> queueLabels = List.of("model", "qos");
    GaugeMetricFamily waiting =
        new GaugeMetricFamily("sluice_queue_length", "Requests that wait for a slot.", queueLabels);
    GaugeMetricFamily longest =
        new GaugeMetricFamily(
            "sluice_queue_longest_wait_seconds",
            "How long the first of the queue has waited.",
            queueLabels);
    for (QueueSnapshot.Waiting queued : snapshot.waiting()) {
      List<String> labels = List.of(queued.model(), queued.qos());
      waiting.addMetric(labels, queued.waiters());
      longest.addMetric(labels, queued.longestWaitMillis() / 1e3);
    }
    GaugeMetricFamily slots =
        new GaugeMetricFamily(
            "sluice_slots", "Batch slots of a deployment.", List.of("deployment"));
    GaugeMetricFamily busy =
        new GaugeMetricFamily(
            "sluice_slots_busy", "Batch slots that a request holds.", List.of("deployment"));
    for (QueueSnapshot.Running running : snapshot.running()) {
      slots.addMetric(List.of(running.deployment()), running.slots());
      busy.addMetric(List.of(running.deployment()), running.busy());
    }
    return List.of(waiting, longest, slots, busy);
  }
}
