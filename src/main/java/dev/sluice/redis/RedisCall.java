package dev.sluice.redis;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A call from its start to its answer; it is made while fewer than most are in flight, and while
 * Redis is silent only if it is a probe. On the loop of its {@link RedisConnection}.
 */
final class RedisCall<T> {
  private final String name;
  private final int most;
  private final boolean probe;
  private final long started;
  private final CompletableFuture<T> answer = new CompletableFuture<>();
  private Optional<CompletionStage<T>> reply = Optional.empty();

  /**
   * @param started now, by {@link System#nanoTime}
   */
  RedisCall(String name, int most, boolean probe, long started) {
    this.name = name;
    this.most = most;
    this.probe = probe;
    this.started = started;
  }

  String name() {
    return name;
  }

  int most() {
    return most;
  }

  boolean probe() {
    return probe;
  }

  long started() {
    return started;
  }

  /** Whether it has its answer, or has failed. */
  boolean ended() {
    return answer.isDone();
  }

  /** Completes on the loop. */
  CompletionStage<T> answer() {
    return answer;
  }

  void succeed(T value) {
    answer.complete(value);
  }

  void fail(RedisUnavailable why) {
    answer.completeExceptionally(why);
  }

  /** It is on its way, unless it was refused at once. */
  void sent(Optional<CompletionStage<T>> future) {
    reply = future;
  }

  /**
   * What Redis says, or that the connection broke off, also when the deadline was earlier; on any
   * thread. Empty when Redis has not got the call.
   */
  Optional<CompletionStage<T>> reply() {
    return reply;
  }
}
