package dev.sluice.redis;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs when Redis is lost and when it is back, once each, however many connections and calls there
 * are. Safe for use by many threads.
 */
final class Reachability {
  private static final Logger log = LoggerFactory.getLogger(Reachability.class);

  /** While one node of a cluster is away, others answer: that must not count as being back. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final RedisNodes nodes;
  private final int connections;
  private int up;
  private volatile boolean lost;
  private long lastFailure;

  Reachability(RedisNodes nodes, int connections) {
    this.nodes = nodes;
    this.connections = connections;
  }

  /** A connection was made. */
  synchronized void connected() {
    up = Math.min(connections, up + 1);
    if (up == connections) {
      log.info(lost ? "Redis at {} is back" : "connected to Redis at {}", nodes);
      lost = false;
    }
  }

  /** A connection that was there is gone. */
  synchronized void disconnected() {
    up = Math.max(0, up - 1);
    failed("the connection was closed");
  }

  /** A call was answered. */
  void answered() {
    if (lost) {
      recover();
    }
  }

  /** A call was not answered, there was no connection for it, or none could be made. */
  synchronized void failed(String why) {
    lastFailure = System.nanoTime();
    if (!lost) {
      lost = true;
      log.warn("Redis at {} is lost: {}", nodes, why);
    }
  }

  private synchronized void recover() {
    if (lost && up == connections && System.nanoTime() - lastFailure > QUIET_NANOS) {
      lost = false;
      log.info("Redis at {} is back", nodes);
    }
  }
}
