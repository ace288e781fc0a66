package dev.sluice.edge;

import java.util.concurrent.CompletionStage;

/** Whether this replica should be sent requests. */
@FunctionalInterface
public interface Readiness {
  /** Asks now; never fails, and answers within a second or so. */
  CompletionStage<State> state();

  /**
   * The answer.
   *
   * @param why in a few words
   */
  record State(boolean ready, String why) {}
}
