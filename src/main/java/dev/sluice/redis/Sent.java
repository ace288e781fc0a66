package dev.sluice.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.protocol.Command;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** A request on its way to Redis: Lettuce tells it what becomes of it, on any thread. */
final class Sent<T> extends Command<String, byte[], T> {
  private final RedisCall<T> call;
  private final Request<T> request;
  private final RedisConnection connection;
  private boolean replied;

  Sent(RedisCall<T> call, Request<T> request, RedisConnection connection) {
    super(request.type(), request.output().apply(SingleLink.CODEC), request.arguments());
    this.call = call;
    this.request = request;
    this.connection = connection;
  }

  RedisCall<T> call() {
    return call;
  }

  Request<T> request() {
    return request;
  }

  @Override
  public void complete() {
    super.complete();
    String error = getOutput().getError();
    tell(error == null ? null : failure(error));
  }

  private static RedisCommandExecutionException failure(String error) {
    return error.startsWith("NOSCRIPT")
        ? new RedisNoScriptException(error)
        : new RedisCommandExecutionException(error);
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    tell(failure);
    return super.completeExceptionally(failure);
  }

  @Override
  public void cancel() {
    super.cancel();
    tell(new CancellationException("the connection was closed"));
  }

  private void tell(@Nullable Throwable failure) {
    connection.onLoop(
        () -> {
          // Lettuce may cancel what it has failed before.
          if (!replied) {
            replied = true;
            connection.replied(this, failure);
          }
        });
  }

  /** Whether it is known what became of it. On the loop. */
  boolean replied() {
    return replied;
  }
}
