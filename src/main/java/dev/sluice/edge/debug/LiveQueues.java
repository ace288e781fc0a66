package dev.sluice.edge.debug;

import dev.sluice.admission.Queues;
import dev.sluice.queue.BatchSlots;
import dev.sluice.queue.QueueSnapshot;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The queues of this server, as they are. */
public final class LiveQueues implements Queues {
  private final Supplier<InForce> configuration;
  private final Supplier<QueueSnapshot> queue;

  public LiveQueues(Supplier<InForce> configuration, Supplier<QueueSnapshot> queue) {
    this.configuration = configuration;
    this.queue = queue;
  }

  @Override
  public View of(String model, String qos) {
    Set<String> serving =
        configuration.get().deployments().stream()
            .filter(slots -> slots.serves(model, qos))
            .map(BatchSlots::deployment)
            .collect(Collectors.toSet());
    QueueSnapshot snapshot = queue.get();
    int waiting =
        snapshot.waiting().stream()
            .filter(line -> line.model().equals(model) && line.qos().equals(qos))
            .mapToInt(QueueSnapshot.Waiting::waiters)
            .sum();
    int busy = 0;
    int free = 0;
    for (QueueSnapshot.Running running : snapshot.running()) {
      if (serving.contains(running.deployment())) {
        busy += running.busy();
        free += Math.max(0, running.slots() - running.busy());
      }
    }
    return new View(serving.stream().sorted().toList(), Optional.of(new Now(waiting, busy, free)));
  }
}
