package dev.sluice.queue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** For a request that was answered without a place in a line. */
record Answered(Dispatcher.Outcome answer) implements Dispatcher.Waiter {
  @Override
  public CompletionStage<Dispatcher.Outcome> outcome() {
    return CompletableFuture.completedStage(answer);
  }

  @Override
  public void cancel() {}
}
