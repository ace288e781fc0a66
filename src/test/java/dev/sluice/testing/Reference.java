package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

  private final Process process;
  private final Path log;
  private final int grpc;
  private final int http;
  private final int debug;

  private Reference(Process process, Path log, int grpc, int http, int debug) {
    this.process = process;
    this.log = log;
    this.grpc = grpc;
    this.http = http;
    this.debug = debug;
  }

  /**
   * Starts it, and waits until its ports are open. It does not start without its Redis.
   *
   * @param folder for its log
   * @param environment the whole of it but for the ports; no StatsD where it does not speak of it
   */
  public static Reference start(Path folder, Map<String, String> environment) {
    try (ServerSocket grpc = free();
        ServerSocket http = free();
        ServerSocket debug = free()) {
      Path log = Files.createTempFile(folder, "reference", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(ReferenceProgram.find(System.getenv()).toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      Map<String, String> whole = builder.environment();
      whole.clear();
      whole.putIfAbsent("USE_STATSD", "false");
      whole.putAll(environment);
      for (String host : List.of("GRPC_HOST", "HOST", "DEBUG_HOST")) {
        whole.put(host, "127.0.0.1");
      }
      whole.put("GRPC_PORT", Integer.toString(grpc.getLocalPort()));
      whole.put("PORT", Integer.toString(http.getLocalPort()));
      whole.put("DEBUG_PORT", Integer.toString(debug.getLocalPort()));
      Reference reference =
          new Reference(
              start(builder, List.of(grpc, http, debug)),
              log,
              grpc.getLocalPort(),
              http.getLocalPort(),
              debug.getLocalPort());
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
          .until(() -> isOpen(grpc) && isOpen(http) && isOpen(debug));
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw new IllegalStateException("envoyproxy/ratelimit does not start. It said:\n" + log(), e);
    }
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
    return "127.0.0.1:" + grpc;
  }

  /** The URL of {@code /json} and {@code /healthcheck}, without a path. */
  public String http() {
    return "http://127.0.0.1:" + http;
  }

  /** The URL of {@code /rlconfig} and {@code /stats}, without a path. */
  public String debug() {
    return "http://127.0.0.1:" + debug;
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
