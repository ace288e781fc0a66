package dev.sluice.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A StatsD server over TCP, as far as it takes lines. */
public final class StatsdServer implements AutoCloseable {
  private final ServerSocket socket;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  private StatsdServer(ServerSocket socket) {
    this.socket = socket;
  }

  /**
   * Listens.
   *
   * @param port 0 for a free one
   */
  public static StatsdServer at(int port) throws IOException {
    StatsdServer server =
        new StatsdServer(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()));
    Thread thread = new Thread(server::accept, "statsd-server");
    thread.setDaemon(true);
    thread.start();
    return server;
  }

  private void accept() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept();
          BufferedReader reader =
              new BufferedReader(
                  new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
        reader.lines().forEach(lines::add);
      } catch (IOException e) {
        // Closed, by one side or the other.
      }
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** All that came to the counters whose names end so. */
  public long sum(String name) {
    return lines.stream()
        .filter(line -> line.contains("." + name + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceFirst(".*:(\\d+)\\|c", "$1")))
        .sum();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
