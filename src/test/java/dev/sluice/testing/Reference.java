package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The real envoyproxy/ratelimit as a process of its own, on free ports of 127.0.0.1. It ends when
 * this process does.
 */
public final class Reference implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration STOP = Duration.ofSeconds(10);

  private static final List<String> PORTS = List.of("GRPC_PORT", "PORT", "DEBUG_PORT");

  private final Process process;
  private final Path log;
  private final Map<String, String> environment;

  private Reference(Process process, Path log, Map<String, String> environment) {
    this.process = process;
    this.log = log;
    this.environment = Map.copyOf(environment);
  }

  /**
   * Starts it, and waits until its ports are open. It does not start without its Redis.
   *
   * @param folder for its log
   * @param environment the whole of it; free ports and no StatsD where it does not speak of them
   */
  public static Reference start(Path folder, Map<String, String> environment) {
    List<ServerSocket> free = new ArrayList<>();
    try {
      Path log = Files.createTempFile(folder, "reference", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(ReferenceProgram.find(System.getenv()).toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      Map<String, String> whole = builder.environment();
      whole.clear();
      whole.put("USE_STATSD", "false");
      whole.putAll(environment);
      for (String host : List.of("GRPC_HOST", "HOST", "DEBUG_HOST")) {
        whole.put(host, "127.0.0.1");
      }
      for (String port : PORTS) {
        if (!whole.containsKey(port)) {
          ServerSocket socket = free();
          free.add(socket);
          whole.put(port, Integer.toString(socket.getLocalPort()));
        }
      }
      Reference reference = new Reference(start(builder, free), log, whole);
      reference.awaitPorts();
      return reference;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  /** Its ports are set free at the last moment. */
  private static Process start(ProcessBuilder builder, List<ServerSocket> ports)
      throws IOException {
    for (ServerSocket port : ports) {
      port.close();
    }
    Process process = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  private void awaitPorts() {
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .failFast("it ended", () -> !process.isAlive())
          .until(() -> PORTS.stream().allMatch(port -> isOpen(port(port))));
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw new IllegalStateException("envoyproxy/ratelimit does not start. It said:\n" + log(), e);
    }
  }

  private int port(String name) {
    return Integer.parseInt(environment.getOrDefault(name, "0"));
  }

  private static boolean isOpen(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** {@code host:port} of its gRPC. */
  public String grpc() {
    return "127.0.0.1:" + port("GRPC_PORT");
  }

  /** The URL of {@code /json} and {@code /healthcheck}, without a path. */
  public String http() {
    return "http://127.0.0.1:" + port("PORT");
  }

  /** The URL of {@code /rlconfig} and {@code /stats}, without a path. */
  public String debug() {
    return "http://127.0.0.1:" + port("DEBUG_PORT");
  }

  /** The whole of it, with its ports: another server with it is in its place. */
  public Map<String, String> environment() {
    return environment;
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it as an orchestrator does, and waits for that. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
