package dev.sluice.edge.decisions;

import dev.sluice.admission.RefusalStore;
import dev.sluice.edge.Decided;
import dev.sluice.metrics.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * Puts refusals into the store, so that they can be looked up by the id of their request.
 *
 * <p>One batch is under way at a time; what the store does not take is dropped. Safe for use by
 * many threads.
 */
public final class KeptRefusals {
  private final RefusalStore store;
  private final Metrics metrics;
  private final Outbox<Decided> outbox;

  /**
   * @param queue how many refusals wait at most
   */
  public KeptRefusals(RefusalStore store, int queue, Metrics metrics) {
    this.store = store;
    this.metrics = metrics;
    this.outbox =
        new Outbox<>(
            "kept-refusals", queue, RefusalStore.MOST, this::keep, metrics::droppedRefusals);
  }

  /** Begins to write. */
  public void start() {
    outbox.start();
  }

  /** Puts a refusal in the queue. May be called on an event loop. */
  public void take(Decided decided) {
    if (decided.refusal().isPresent()) {
      outbox.put(decided);
    }
  }

  /** Writes what waits, and ends. Blocks, for so long at most. */
  public void stop(Duration within) {
    outbox.stop(within);
  }

  private void keep(List<Decided> batch) {
    List<RefusalStore.Kept> kept =
        batch.stream()
            .map(
                decided ->
                    new RefusalStore.Kept(
                        decided.facts().requestId(),
                        decided.facts().caller().isPresent(),
                        DecidedJson.line(decided)))
            .toList();
    try {
      store.keep(kept).toCompletableFuture().join();
      metrics.keptRefusals(kept.size());
    } catch (CompletionException e) {
      // The store's port says once what is wrong with it.
      metrics.droppedRefusals(kept.size());
    }
  }
}
