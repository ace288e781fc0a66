package dev.sluice.queue;

import java.util.List;

/** What waits and what runs at one moment, for metrics and the debug door. */
public record QueueSnapshot(List<Waiting> waiting, List<Running> running) {
  public QueueSnapshot {
    waiting = List.copyOf(waiting);
    running = List.copyOf(running);
  }

  /**
   * The waiters of one model with one label.
   *
   * @param longestWaitMillis of the one that has waited longest; 0 when none waits
   */
  public record Waiting(String model, String qos, int waiters, long longestWaitMillis) {}

  /** The slots of one deployment. */
  public record Running(String deployment, int busy, int slots) {}
}
