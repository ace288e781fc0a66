package dev.sluice.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real NGINX or Envoy that this process starts, and that ends when this process does, however
 * that happens.
 *
 * <p>Everything that it writes stays in its folder. Blocks while it starts and stops; safe for use
 * by many threads.
 */
public final class RunningEdge implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningEdge.class);

  /**
   * Stands between this process and the edge, ends when the edge does, and waits for the end of its
   * own input, which comes however this process ends. The edge gets a session of its own: Ctrl-C of
   * a terminal is for this process, which then stops the edge. What does not stop is killed, with
   * its workers.
   */
  private static final String WATCHDOG =
      """
      trap "" INT HUP QUIT TERM
      log=$1
      shift
      : >"$log"
      if command -v setsid >/dev/null; then
        setsid "$@" </dev/null >>"$log" 2>&1 &
      else
        set -m
        "$@" </dev/null >>"$log" 2>&1 &
      fi
      child=$!
      echo "$child"
      exec 3<&0 >/dev/null 2>&1
      (
        read -r _ <&3
        kill $child
        kill -CONT $child
        for _ in $(seq 50); do sleep 0.1; done
        kill -KILL -- -$child
      ) &
      watcher=$!
      wait $child
      kill -KILL $watcher
      """;

  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofSeconds(8);

  private final EdgeFiles files;
  private final Process watchdog;
  private final ProcessHandle process;
  private final Path log;

  private RunningEdge(EdgeFiles files, Process watchdog, ProcessHandle process, Path log) {
    this.files = files;
    this.watchdog = watchdog;
    this.process = process;
    this.log = log;
  }

  /**
   * Starts an edge and waits until it listens on all its ports.
   *
   * @param folder for its files and all that it writes; made when it is not there
   * @throws IllegalStateException when it is not installed, a port is in use, or it does not start;
   *     the message has its own words
   */
  public static RunningEdge start(EdgeFiles files, Path folder) {
    Path program = files.program().find(System.getenv());
    for (int port : files.listens()) {
      if (!FreePort.isFree(port)) {
        throw new IllegalStateException(
            "%s cannot listen on port %d: it is in use.".formatted(files.program(), port));
      }
    }
    try {
      Path home = Files.createDirectories(folder).toAbsolutePath();
      for (Map.Entry<String, String> file : files.texts().entrySet()) {
        Files.writeString(home.resolve(file.getKey()), file.getValue());
      }
      Path log = home.resolve(files.program() + ".log");
      List<String> command =
          new ArrayList<>(List.of("sh", "-c", WATCHDOG, "sluice-" + files.program()));
      command.add(log.toString());
      command.add(program.toString());
      command.addAll(arguments(files, home));
      Process watchdog =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      BufferedReader output = watchdog.inputReader(StandardCharsets.UTF_8);
      long pid = Long.parseLong(String.valueOf(output.readLine()));
      ProcessHandle process =
          ProcessHandle.of(pid).orElseThrow(() -> didNotStart(files.program(), log));
      RunningEdge edge = new RunningEdge(files, watchdog, process, log);
      try {
        edge.awaitPorts();
      } catch (IllegalStateException e) {
        edge.close();
        throw e;
      }
      LOG.info("started {} on port {}, log in {}", program, files.listens(), log);
      return edge;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + program, e);
    }
  }

  private static List<String> arguments(EdgeFiles files, Path home) {
    String main = home.resolve(files.main()).toString();
    return switch (files.program()) {
      // Root's NGINX would give its workers another user, who cannot reach the folder.
      case NGINX ->
          List.of(
              "-e",
              "stderr",
              "-p",
              home + "/",
              "-c",
              main,
              "-g",
              "daemon off;" + (isRoot() ? " user root root;" : ""));
      // A hot restart shares memory between all Envoys of a machine.
      case ENVOY -> List.of("-c", main, "--disable-hot-restart", "--concurrency", "2");
    };
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private void awaitPorts() {
    long deadline = System.nanoTime() + START.toNanos();
    for (int port : files.listens()) {
      while (!accepts(port)) {
        if (!watchdog.isAlive() || System.nanoTime() > deadline) {
          throw didNotStart(files.program(), log);
        }
        try {
          Thread.sleep(10);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("interrupted", e);
        }
      }
    }
  }

  private static IllegalStateException didNotStart(EdgeProgram program, Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      // Envoy tells of its own state first, and of what is wrong last.
      List<String> all = lines.filter(line -> !line.isBlank()).toList();
      List<String> last = all.subList(Math.max(0, all.size() - 5), all.size());
      return new IllegalStateException(
          program + " did not start. It said: " + last.stream().collect(Collectors.joining("\n")));
    } catch (IOException e) {
      return new IllegalStateException(program + " did not start, and said nothing", e);
    }
  }

  /** Where clients are served: the first listener of the main file. */
  public String url() {
    return "http://127.0.0.1:" + files.listens().get(0);
  }

  /** Its admin interface, if it has one: the last listener of the main file. */
  public Optional<String> admin() {
    List<Integer> ports = files.listens();
    return ports.size() < 2
        ? Optional.empty()
        : Optional.of("http://127.0.0.1:" + ports.get(ports.size() - 1));
  }

  /** The process id of the edge itself. */
  public long pid() {
    return process.pid();
  }

  /** The file that has all that it says. */
  public Path log() {
    return log;
  }

  /** Stops it and waits for its end. */
  @Override
  public void close() {
    try {
      watchdog.getOutputStream().close();
    } catch (IOException e) {
      // The watchdog is gone already.
    }
    try {
      if (!watchdog.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        watchdog.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
