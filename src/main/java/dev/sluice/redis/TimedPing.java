package dev.sluice.redis;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** A ping that is measured to its answer, also when that comes after the deadline. */
final class TimedPing extends RedisCall<String> {
  private final CompletableFuture<Duration> took = new CompletableFuture<>();

  TimedPing() {
    super("ping", Integer.MAX_VALUE, true, System.nanoTime());
  }

  /** Completes on the loop; never, perhaps, when the connection breaks off. */
  Future<Duration> took() {
    return took;
  }

  @Override
  void replied(@Nullable String value, @Nullable Throwable failure) {
    if (failure == null) {
      took.complete(Duration.ofNanos(System.nanoTime() - started()));
    } else {
      took.completeExceptionally(failure);
    }
  }

  @Override
  void succeeded(String value) {}

  @Override
  void failed(RedisUnavailable why) {
    if (!sent()) {
      took.completeExceptionally(why);
    }
  }
}
