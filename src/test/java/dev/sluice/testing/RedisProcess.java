package dev.sluice.testing;

import dev.sluice.redis.RedisProgram;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.awaitility.Awaitility;

/**
 * A redis-server with a configuration of its own: a master, a replica, a node of a cluster, or a
 * sentinel. It can be killed and started again, and ends when this process does, however it does.
 */
public final class RedisProcess implements AutoCloseable {
  private static final String WATCHDOG =
      """
      log=$1; shift
      "$@" </dev/null >>"$log" 2>&1 &
      child=$!
      echo $child
      read -r _
      kill -9 $child
      """;

  private final Path folder;
  private final int port;
  private final boolean sentinel;
  private Optional<Process> watchdog = Optional.empty();
  private long pid;

  private RedisProcess(Path folder, int port, boolean sentinel) {
    this.folder = folder;
    this.port = port;
    this.sentinel = sentinel;
  }

  /** One on a free port, in a folder of its own; it accepts connections when this returns. */
  public static RedisProcess start(Path parent, String... configuration) {
    return start(parent, freePort(), false, List.of(configuration));
  }

  /** One on a port that was chosen before. */
  public static RedisProcess start(Path parent, int port, List<String> configuration) {
    return start(parent, port, false, configuration);
  }

  static RedisProcess sentinel(Path parent, List<String> configuration) {
    return start(parent, freePort(), true, configuration);
  }

  private static RedisProcess start(
      Path parent, int port, boolean sentinel, List<String> configuration) {
    try {
      Path folder = Files.createDirectory(parent.resolve("redis-" + port)).toAbsolutePath();
      List<String> lines =
          new ArrayList<>(List.of("bind 127.0.0.1", "port " + port, "dir \"" + folder + "\""));
      if (!sentinel) {
        lines.add("save \"\"");
      }
      lines.addAll(configuration);
      Files.write(folder.resolve("redis.conf"), lines);
      RedisProcess redis = new RedisProcess(folder, port, sentinel);
      redis.start();
      return redis;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it, again after a {@link #kill}; it accepts connections when this returns. */
  public void start() {
    try {
      Path log = folder.resolve("redis.log");
      Files.deleteIfExists(log);
      List<String> command =
          new ArrayList<>(List.of("sh", "-c", WATCHDOG, "redis", log.toString()));
      command.add(RedisProgram.path());
      command.add(folder.resolve("redis.conf").toString());
      if (sentinel) {
        command.add("--sentinel");
      }
      Process started = new ProcessBuilder(command).start();
      watchdog = Optional.of(started);
      BufferedReader said = started.inputReader(StandardCharsets.UTF_8);
      pid = Long.parseLong(said.readLine());
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                if (!ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)) {
                  throw new IllegalStateException("Redis ended: " + log());
                }
                return log().contains(sentinel ? "Sentinel ID is" : "Ready to accept connections");
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return port;
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  /** What it wrote. */
  public String log() {
    try {
      return Files.readString(folder.resolve("redis.log"));
    } catch (IOException e) {
      return "";
    }
  }

  /** Asks it something as an administrator would, in clear text. */
  public <T> T ask(Function<RedisCommands<String, String>, T> question) {
    return ask(RedisURI.create("127.0.0.1", port), question);
  }

  /** Asks a server something, by an URI. */
  public static <T> T ask(RedisURI uri, Function<RedisCommands<String, String>, T> question) {
    uri.setTimeout(Duration.ofSeconds(20));
    try (RedisClient client = RedisClient.create(uri)) {
      return question.apply(client.connect().sync());
    }
  }

  /** As when its machine loses power. */
  public void kill() {
    close();
  }

  /** SIGSTOP, SIGCONT. */
  public void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      watchdog.orElseThrow().getOutputStream().close();
      watchdog.orElseThrow().waitFor();
    } catch (IOException e) {
      // The watchdog is gone already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Awaitility.await()
        .until(() -> !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
  }

  /** With room for the bus of a cluster above it. */
  public static int freePort() {
    for (int attempt = 0; attempt < 1000; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
      if (free(port) && free(port + 10_000)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port");
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
