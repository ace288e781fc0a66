package dev.sluice.edge;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * How long a door may take to decide: an edge that waits for longer decides on its own.
 *
 * <p>Safe for use by many threads; never blocks.
 */
public final class Deadline {
  private final HashedWheelTimer timer;
  private final long millis;

  public Deadline(HashedWheelTimer timer, Duration time) {
    this.timer = timer;
    this.millis = time.toMillis();
  }

  /**
   * A stage's value, or another one when that is late.
   *
   * @param stage must not fail
   * @param instead called on the timer's thread
   * @param late is given the value that nobody waits for any more
   */
  public <T> CompletionStage<T> within(
      CompletionStage<T> stage, Supplier<T> instead, Consumer<T> late) {
    if (stage.toCompletableFuture().isDone()) {
      return stage;
    }
    CompletableFuture<T> first = new CompletableFuture<>();
    Timeout timeout =
        timer.newTimeout(over -> first.complete(instead.get()), millis, TimeUnit.MILLISECONDS);
    var unused =
        stage.thenAccept(
            value -> {
              timeout.cancel();
              if (!first.complete(value)) {
                late.accept(value);
              }
            });
    return first;
  }
}
