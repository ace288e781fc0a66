package dev.sluice.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A wire to a Redis on this host that can be long, stand still, lose the replies, and break. */
public final class Wire implements AutoCloseable {
  private final ServerSocket server;
  private final int redisPort;
  private final List<Socket> ends = new ArrayList<>();
  private volatile boolean mute;
  private volatile boolean cut;
  private volatile boolean still;
  private volatile Duration length = Duration.ZERO;

  public Wire(int redisPort) throws IOException {
    this.redisPort = redisPort;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  public String url() {
    return "redis://127.0.0.1:" + server.getLocalPort();
  }

  /** From now on replies take so much longer. */
  public void lengthen(Duration by) {
    length = by;
  }

  /** From now on replies are lost; what is sent still arrives. */
  public void mute() {
    mute = true;
  }

  /** Breaks all connections, and lets none be made. */
  public synchronized void cut() throws IOException {
    cut = true;
    for (Socket end : ends) {
      end.close();
    }
    ends.clear();
  }

  /** Works again; after lost replies, for new connections. */
  public void mend() {
    mute = false;
    cut = false;
    still = false;
  }

  /** From now on nothing gets through, and nobody is told; what was sent gets through later. */
  public void standStill() {
    still = true;
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }

  private void accept() throws IOException {
    while (true) {
      join(server.accept());
    }
  }

  private synchronized void join(Socket client) throws IOException {
    if (cut) {
      client.close();
      return;
    }
    Socket redis = new Socket(InetAddress.getLoopbackAddress(), redisPort);
    ends.add(client);
    ends.add(redis);
    start(() -> copy(client.getInputStream(), redis.getOutputStream(), false));
    start(() -> copy(redis.getInputStream(), client.getOutputStream(), true));
  }

  private void copy(InputStream from, OutputStream to, boolean replies) throws IOException {
    byte[] buffer = new byte[8192];
    for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
      while (still) {
        LockSupport.parkNanos(1_000_000);
      }
      if (replies) {
        LockSupport.parkNanos(length.toNanos());
      }
      if (!replies || !mute) {
        to.write(buffer, 0, read);
      }
    }
  }

  private interface Pump {
    void run() throws IOException;
  }

  private static void start(Pump pump) {
    Thread thread =
        new Thread(
            () -> {
              try {
                pump.run();
              } catch (IOException e) {
                // The wire was cut or closed.
              }
            },
            "wire");
    thread.setDaemon(true);
    thread.start();
  }
}
