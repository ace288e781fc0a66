package dev.sluice.edge.http;

import dev.sluice.metrics.Metrics;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The open connections of a door: not too many, and none that keeps its place without a request.
 *
 * <p>An idle time-out alone would not do: each byte of a head that trickles in starts it anew. Here
 * a head must be whole in time. And an order to close is not enough: it waits for what was written
 * to be taken, which a client that does not read never does. So it is followed by force.
 *
 * <p>Safe for use by many threads.
 */
public final class Connections {
  /** How long a client may go on sending what nobody reads, so that it sees its answer. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  /** How long a connection may take to close by itself. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** The deadline of a connection with a request in progress. */
  private static final long NONE = Long.MAX_VALUE;

  private final String door;
  private final int most;
  private final long headNanos;
  private final long keepAliveNanos;
  private final Metrics metrics;
  private final LongSupplier nanos;
  private final Map<HttpConnection, State> open = new ConcurrentHashMap<>();

  /** Written on the event loop of its connection, read by the sweep. */
  private static final class State {
    private int requests;
    private volatile boolean leaving;
    private volatile boolean closing;
    private volatile long deadline;
  }

  /**
   * @param nanos a ticker
   */
  public Connections(HttpDoorOptions options, Metrics metrics, LongSupplier nanos) {
    this.door = options.door();
    this.most = options.maxConnections();
    this.headNanos = options.headTimeout().toNanos();
    this.keepAliveNanos = options.keepAlive().toNanos();
    this.metrics = metrics;
    this.nanos = nanos;
    metrics.gauge("sluice_connections", "Open connections of clients.", door, open::size);
  }

  /** A connection was accepted. */
  void opened(HttpConnection connection) {
    if (open.size() >= most) {
      metrics.badRequest(door, "too_many_connections");
      force(connection);
      return;
    }
    State state = new State();
    state.deadline = nanos.getAsLong() + headNanos;
    open.put(connection, state);
    connection.closeHandler(v -> open.remove(connection));
  }

  /**
   * The head of a request has arrived; {@link #ended} must follow. False when the connection was
   * told to close: what was sent behind that is not to be answered (RFC 9112, 9.6).
   */
  boolean began(HttpConnection connection) {
    State state = open.get(connection);
    if (state == null || state.leaving) {
      return false;
    }
    state.requests++;
    state.deadline = NONE;
    return true;
  }

  /** A request has its answer. */
  void ended(HttpConnection connection) {
    State state = open.get(connection);
    if (state != null && --state.requests == 0 && !state.leaving) {
      state.deadline = nanos.getAsLong() + keepAliveNanos;
    }
  }

  /** The answer that is being sent is the last one: the client was told so. */
  public void leave(HttpConnection connection) {
    State state = open.get(connection);
    if (state != null) {
      state.leaving = true;
      state.deadline = nanos.getAsLong() + LINGER.toNanos();
    }
  }

  /** The answer cannot be brought to an end: the client is to see that. */
  public void breakOff(HttpConnection connection) {
    State state = open.get(connection);
    if (state != null) {
      state.leaving = true;
      close(connection, state);
    }
  }

  /** Closes the connections that are late; called about once a second. */
  void sweep() {
    long now = nanos.getAsLong();
    open.forEach(
        (connection, state) -> {
          if (state.deadline != NONE && now - state.deadline > 0) {
            if (state.closing) {
              force(connection);
            } else {
              close(connection, state);
            }
          }
        });
  }

  /** Ends all that are left, at once. */
  public void forceAll() {
    open.keySet().forEach(Connections::force);
  }

  private void close(HttpConnection connection, State state) {
    state.closing = true;
    state.deadline = nanos.getAsLong() + GRACE.toNanos();
    connection.close();
  }

  /** Past Vert.x, whose every way to close waits for a flush. */
  private static void force(HttpConnection connection) {
    Channel channel = ((ConnectionBase) connection).channel();
    channel
        .eventLoop()
        .execute(
            () -> {
              if (channel.isOpen()) {
                // Else the kernel goes on offering the bytes to a peer that does not take them.
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
                channel.unsafe().close(channel.newPromise());
              }
            });
  }
}
