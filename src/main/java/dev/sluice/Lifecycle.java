package dev.sluice;

import dev.sluice.config.SluiceConfig;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
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
   * @param settings the names of its settings
   * @param port what the door tells when it listens
   * @throws CannotStart when it does not
   */
  static String listening(
      String door, SluiceConfig.Listener at, DoorSettings settings, Future<Integer> port)
      throws CannotStart {
    try {
      return (at.tls().isPresent() ? "https://" : "http://")
          + address(at, port.toCompletionStage().toCompletableFuture().join());
    } catch (CompletionException e) {
      throw cannotListen(door, at, settings, e.getCause() == null ? e : e.getCause());
    }
  }

  /**
   * The host and port at which this host reaches a door that listens at once.
   *
   * @param settings the names of its settings
   * @param start gives the port
   * @throws CannotStart when it does not listen
   */
  static String listening(String door, SluiceConfig.Listener at, DoorSettings settings, Start start)
      throws CannotStart {
    try {
      return address(at, start.port());
    } catch (IOException e) {
      throw cannotListen(door, at, settings, e.getCause() == null ? e : e.getCause());
    }
  }

  /** Listens. */
  interface Start {
    int port() throws IOException;
  }

  private static CannotStart cannotListen(
      String door, SluiceConfig.Listener at, DoorSettings settings, Throwable cause) {
    return new CannotStart(
        "the %s door cannot listen on %s:%d: %s"
            .formatted(door, at.host(), at.port(), whyNot(door, at, settings, cause)),
        cause);
  }

  private static String whyNot(
      String door, SluiceConfig.Listener at, DoorSettings settings, Throwable cause) {
    if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
      return "no address of the host %s is known. Set %s to an address of this host, or 0.0.0.0."
          .formatted(at.host(), settings.setting(door, "host"));
    }
    return "%s. Set %s to another one."
        .formatted(
            cause instanceof BindException
                ? "the port is in use, or the address is not this host's"
                : cause.getMessage(),
            settings.setting(door, "port"));
  }

  private static String address(SluiceConfig.Listener at, int port) {
    String host = at.host();
    String reachable = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    return (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port;
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
