package dev.sluice;

import dev.sluice.config.SluiceConfig;
import io.vertx.core.Future;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waiting for parts to start and to stop. */
final class Lifecycle {
  private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

  private Lifecycle() {}

  /**
   * The URL at which this host reaches a door.
   *
   * @param port what the door tells when it listens
   * @throws CannotStart when it does not
   */
  static String listening(String door, SluiceConfig.Listener at, Future<Integer> port)
      throws CannotStart {
    try {
      return url(at.host(), port.toCompletionStage().toCompletableFuture().join());
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why =
          cause instanceof BindException
              ? "the port is in use, or the address is not this host's"
              : String.valueOf(cause.getMessage());
      throw new CannotStart(
          "the %s door cannot listen on %s:%d: %s. Set %s.port to another one."
              .formatted(door, at.host(), at.port(), why, door),
          cause);
    }
  }

  private static String url(String host, int port) {
    String reachable = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    return "http://" + (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port;
  }

  /** Waits for a part to stop, for so long and no longer. */
  static void stopped(Future<?> future, Duration time) {
    try {
      future.toCompletionStage().toCompletableFuture().get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.warn("stopping: {}", e.toString());
    }
  }
}
