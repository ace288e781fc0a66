package dev.sluice.redis;

import io.lettuce.core.RedisClient;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real redis-server that this process starts, on 127.0.0.1, and that ends when this process does.
 *
 * <p>For the demo, the tests and {@code redis: embedded}. Blocks while it starts and stops; safe
 * for use by many threads.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedRedis.class);

  /**
   * Between this process and Redis stands a shell that waits for the end of its input, which comes
   * however this process ends. Redis gets a session of its own, because it would take the Ctrl-C of
   * a terminal as its order to stop, while this process still drains.
   */
  private static final String WATCHDOG =
      """
      trap "" INT HUP QUIT TERM
      if command -v setsid >/dev/null; then
        setsid "$@" </dev/null 2>&1 &
      else
        set -m
        "$@" </dev/null 2>&1 &
      fi
      child=$!
      echo "pid $child"
      exec >/dev/null 2>&1
      read -r _
      kill $child
      kill -CONT $child
      wait $child
      """;

  private static final String READY = "Ready to accept connections";
  private static final String CUT_SHORT = "Truncating the AOF";
  private static final Duration REWRITE = Duration.ofSeconds(30);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final RedisBinary binary;
  private final Options options;
  private final int port;
  private final Optional<DataLock> lock;
  private final Process watchdog;
  private final long pid;
  private final CountDownLatch ended = new CountDownLatch(1);

  /**
   * What to start.
   *
   * @param port 0 takes a free one
   * @param data where the append-only file lives, flushed once a second; empty keeps nothing
   * @param arguments further ones of redis-server; of two that contradict the last one holds
   */
  public record Options(int port, Optional<Path> data, List<String> arguments) {
    public Options {
      arguments = List.copyOf(arguments);
    }

    /** Keeps its data in a folder, on a free port that {@link EmbeddedRedis#running} tells. */
    public static Options durable(Path data) {
      return new Options(0, Optional.of(data), List.of());
    }

    /** Keeps nothing, on a free port. */
    public static Options inMemory() {
      return new Options(0, Optional.empty(), List.of());
    }

    /** The same on this port. */
    Options on(int thatPort) {
      return new Options(thatPort, data, arguments);
    }
  }

  private EmbeddedRedis(
      RedisBinary binary,
      Options options,
      int port,
      Optional<DataLock> lock,
      Process watchdog,
      long pid) {
    this.binary = binary;
    this.options = options;
    this.port = port;
    this.lock = lock;
    this.watchdog = watchdog;
    this.pid = pid;
  }

  /**
   * Starts Redis and waits until it accepts connections.
   *
   * @throws IllegalStateException when it does not start; the message ends with what Redis said
   */
  public static EmbeddedRedis start(Options options) {
    RedisBinary binary = RedisBinary.find();
    Optional<DataLock> lock = options.data().map(DataLock::take);
    try {
      return start(binary, options, lock);
    } catch (RuntimeException e) {
      lock.ifPresent(DataLock::close);
      throw e;
    }
  }

  private static EmbeddedRedis start(RedisBinary binary, Options options, Optional<DataLock> lock) {
    for (int attempt = 1; ; attempt++) {
      int port = options.port() == 0 ? freePort() : options.port();
      try {
        EmbeddedRedis started = start(binary, options, port, lock);
        options.data().ifPresent(data -> note(portFile(data), port));
        log.info("started {}", started.describe());
        return started;
      } catch (IllegalStateException e) {
        // Between the look for a free port and its use somebody else may take it.
        if (options.port() != 0
            || attempt == 5
            || !String.valueOf(e.getMessage()).contains("in use")) {
          throw e;
        }
      }
    }
  }

  private static EmbeddedRedis start(
      RedisBinary binary, Options options, int port, Optional<DataLock> lock) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", WATCHDOG, "sluice-redis"));
    command.add(binary.path());
    command.addAll(arguments(options, port));
    try {
      Process watchdog =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      BufferedReader output = watchdog.inputReader(StandardCharsets.UTF_8);
      long pid = -1;
      String last = "nothing";
      boolean cutShort = false;
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.startsWith("pid ")) {
          pid = Long.parseLong(line.substring(4));
        } else if (!line.isBlank()) {
          last = line.strip();
          log.debug("{}", last);
        }
        cutShort = cutShort || last.contains(CUT_SHORT);
        if (pid > 0 && last.contains(READY)) {
          EmbeddedRedis started = new EmbeddedRedis(binary, options, port, lock, watchdog, pid);
          Thread reader = new Thread(() -> started.drain(output), "embedded-redis-log");
          reader.setDaemon(true);
          reader.start();
          if (cutShort) {
            started.writeAnew();
          }
          return started;
        }
      }
      watchdog.getOutputStream().close();
      throw new IllegalStateException(
          "Redis " + binary.version() + " did not start on port " + port + ". It said: " + last);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start redis-server", e);
    }
  }

  /**
   * A crash of the machine may leave the beginning of a transaction at the end of the file. Redis
   * does not run it, but may leave it there, and then takes what is written next for its rest when
   * it starts the next time. A file that is written anew does not have it.
   */
  private void writeAnew() {
    try (RedisClient client = RedisClient.create(url())) {
      RedisCommands<String, String> redis = client.connect().sync();
      redis.bgrewriteaof();
      long deadline = System.nanoTime() + REWRITE.toNanos();
      while (!redis.info("persistence").contains("aof_rewrite_in_progress:0")
          && System.nanoTime() < deadline) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
    }
    log.warn(
        "the append-only file ended in the middle of a write, after a crash: it is written anew");
  }

  private static List<String> arguments(Options options, int port) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(port)));
    arguments.addAll(List.of("--save", "", "--tcp-backlog", "128"));
    arguments.addAll(List.of("--maxmemory-policy", "noeviction"));
    arguments.addAll(List.of("--slowlog-log-slower-than", "2000"));
    if (options.data().isPresent()) {
      Path data = options.data().get().toAbsolutePath();
      arguments.addAll(
          List.of("--dir", data.toString(), "--pidfile", DataLock.pidFile(data).toString()));
      arguments.addAll(List.of("--appendonly", "yes", "--appendfsync", "everysec"));
    } else {
      arguments.addAll(List.of("--dir", System.getProperty("java.io.tmpdir")));
      arguments.addAll(List.of("--appendonly", "no"));
    }
    arguments.addAll(options.arguments());
    return arguments;
  }

  /** The URL of the one that another process runs on this data, if any. */
  public static Optional<String> running(Path data) {
    try {
      return DataLock.used(data) && Files.exists(portFile(data))
          ? Optional.of("redis://127.0.0.1:" + Files.readString(portFile(data)).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Where it listens, as a URL. */
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  public int port() {
    return port;
  }

  /** The process id of redis-server. */
  public long pid() {
    return pid;
  }

  /** Which Redis runs, from where, and where its data is. */
  public String describe() {
    String data = options.data().map(path -> "data in " + path).orElse("in memory only");
    return "Redis %s (%s, from %s) on 127.0.0.1:%d, %s"
        .formatted(binary.version(), binary.path(), binary.origin(), port, data);
  }

  /**
   * Waits until Redis has ended, whatever ended it.
   *
   * @return the exit code of redis-server; above 128, by the signal of which that is the sum
   */
  int awaitEnd() throws InterruptedException {
    ended.await();
    // The shell then says what it waited for, and others may use the data.
    close();
    return watchdog.isAlive() ? -1 : watchdog.exitValue();
  }

  /** Stops Redis, which writes its data first, and waits for its end. */
  @Override
  public void close() {
    try {
      watchdog.getOutputStream().close();
    } catch (IOException e) {
      // The watchdog is gone already.
    }
    try {
      if (!watchdog.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        watchdog.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.ifPresent(DataLock::close);
    }
  }

  private static Path portFile(Path data) {
    return data.toAbsolutePath().resolve("redis.port");
  }

  private static void note(Path file, int port) {
    try {
      Files.writeString(file, Integer.toString(port));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Below the ports that systems give to clients, and with room for the cluster bus above it. */
  private static int freePort() {
    for (int attempt = 0; attempt < 100; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
      if (free(port) && free(port + 10_000)) {
        return port;
      }
    }
    throw new IllegalStateException("no free port between 20000 and 30000");
  }

  private static boolean free(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** A pipe that nobody reads would stop Redis once it is full. */
  private void drain(BufferedReader output) {
    try (output) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        log.debug("{}", line);
      }
    } catch (IOException e) {
      log.debug("the output of Redis ended", e);
    } finally {
      ended.countDown();
    }
  }
}
