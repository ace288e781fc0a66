package dev.sluice.admission;

import java.util.List;
import java.util.Optional;

/** The port to the queues, as far as an explanation needs them. */
public interface Queues {
  /** How the queue of a model with a label is. */
  View of(String model, String qos);

  /**
   * A queue.
   *
   * @param deployments that serve it
   * @param now empty when that cannot be seen from here
   */
  record View(List<String> deployments, Optional<Now> now) {
    public View {
      deployments = List.copyOf(deployments);
    }
  }

  /**
   * What goes on in it at one replica.
   *
   * @param free slots of the deployments that serve it
   */
  record Now(int waiting, int busy, int free) {}
}
