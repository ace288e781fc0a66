package dev.sluice.redis;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A call of whose end a stage tells. */
final class AwaitedCall<T> extends RedisCall<T> {
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  AwaitedCall(String name, int most, boolean probe, long started) {
    super(name, most, probe, started);
  }

  /** Completes on the loop. */
  CompletionStage<T> answer() {
    return answer;
  }

  @Override
  void succeeded(T value) {
    answer.complete(value);
  }

  @Override
  void failed(RedisUnavailable why) {
    answer.completeExceptionally(why);
  }
}
