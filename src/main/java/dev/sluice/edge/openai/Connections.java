package dev.sluice.edge.openai;

import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The open connections of the gateway: not too many, and none that keeps its place without a
 * request.
 *
 * <p>An idle time-out alone would not do: each byte of a head that trickles in starts it anew. Here
 * a head must be whole in time.
 *
 * <p>Safe for use by many threads.
 */
final class Connections {
  private final int most;
  private final long headNanos;
  private final long keepAliveNanos;
  private final LongSupplier nanos;
  private final Map<HttpConnection, State> open = new ConcurrentHashMap<>();

  /** Confined to the event loop of its connection, but for the deadline. */
  private static final class State {
    private int requests;
    private volatile long deadline;
  }

  /** What a connection that has a request in progress has for a deadline. */
  private static final long NONE = Long.MAX_VALUE;

  Connections(GatewayOptions options, LongSupplier nanos) {
    this.most = options.maxConnections();
    this.headNanos = options.headTimeout().toNanos();
    this.keepAliveNanos = options.keepAlive().toNanos();
    this.nanos = nanos;
  }

  /** A connection was accepted. */
  void opened(HttpConnection connection) {
    if (open.size() >= most) {
      connection.close();
      return;
    }
    State state = new State();
    state.deadline = nanos.getAsLong() + headNanos;
    open.put(connection, state);
    connection.closeHandler(v -> open.remove(connection));
  }

  /** The head of a request has arrived; {@link #ended} must follow. */
  void began(HttpConnection connection) {
    State state = open.get(connection);
    if (state != null) {
      state.requests++;
      state.deadline = NONE;
    }
  }

  /** A request has its answer. */
  void ended(HttpConnection connection) {
    State state = open.get(connection);
    if (state != null && --state.requests == 0) {
      state.deadline = nanos.getAsLong() + keepAliveNanos;
    }
  }

  /** Closes the connections that are late; called once in a while. */
  void sweep() {
    long now = nanos.getAsLong();
    open.forEach(
        (connection, state) -> {
          if (state.deadline != NONE && now - state.deadline > 0) {
            connection.close();
          }
        });
  }

  int count() {
    return open.size();
  }
}
