package dev.sluice.redis;

import dev.sluice.metrics.Metrics;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs when Redis is lost, does not serve, and when it is back: once each, however many connections
 * and calls there are. Safe for use by many threads.
 */
final class Reachability {
  private static final Logger log = LoggerFactory.getLogger(Reachability.class);

  /** While one node of a cluster is away, others answer: that must not count as being back. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Nor must the writes that pass now and then while memory is full. */
  private static final long CONTENT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final RedisNodes nodes;
  private final Metrics metrics;
  private final Map<Complaint, Ongoing> complaints = new EnumMap<>(Complaint.class);
  private final LateCalls late = new LateCalls();
  private int connections;
  private int up;
  private boolean connectedBefore;
  private volatile boolean lost;
  private volatile boolean complaining;
  private volatile boolean lately;
  private boolean slow;
  private long lastFailure;
  private ConnectFailure.Kind lastKind = ConnectFailure.Kind.UNREACHABLE;
  private String lacking = "";
  private String why = "";

  /** What Redis complains about: in which calls, and when it did last. */
  private static final class Ongoing {
    private final Set<String> calls = new HashSet<>();
    private long last;
  }

  Reachability(RedisNodes nodes, Metrics metrics) {
    this.nodes = nodes;
    this.metrics = metrics;
  }

  /** So many more connections are to be made. */
  synchronized void expect(int more) {
    connections += more;
  }

  /** A connection was made. */
  synchronized void connected() {
    up = Math.min(connections, up + 1);
    if (up < connections) {
      return;
    }
    if (!connectedBefore) {
      connectedBefore = true;
      lost = false;
      log.info("connected to Redis at {}", nodes);
    } else if (lost) {
      back();
    }
  }

  /** A connection that was there is gone. */
  synchronized void disconnected() {
    up = Math.max(0, up - 1);
    failed("the connection was closed");
  }

  /** None could be made. What somebody has to mend is said also when Redis was lost before. */
  synchronized void cannotConnect(ConnectFailure failure) {
    boolean toMend =
        failure.kind() != lastKind && failure.kind() != ConnectFailure.Kind.UNREACHABLE;
    lastFailure = System.nanoTime();
    lastKind = failure.kind();
    why = failure.why();
    if (!lost || toMend) {
      lost = true;
      log.warn("cannot connect to Redis at {}: {}", nodes, why);
    }
  }

  /**
   * A call was answered.
   *
   * @param inTime whether by its deadline
   */
  void answered(String call, boolean inTime) {
    if (lost || complaining || lately) {
      recover(call, inTime);
    }
  }

  /** A connection is broken, or there was none. */
  synchronized void failed(String reason) {
    lastFailure = System.nanoTime();
    if (!lost) {
      lost = true;
      why = reason;
      log.warn("Redis at {} is lost: {}", nodes, reason);
    }
  }

  /**
   * A call was not answered by its deadline. A few of those are nothing to be woken for.
   *
   * @param started when it was made, by {@link System#nanoTime}
   */
  synchronized void late(long started, String reason) {
    long now = System.nanoTime();
    lately = true;
    lastFailure = now;
    if (!late.late(started, now) || lost) {
      return;
    }
    if (late.slow()) {
      lost = true;
      slow = true;
      why = "it answers too late: " + reason;
      log.warn("Redis at {} answers, but too late: {}", nodes, reason);
    } else {
      failed(reason);
    }
  }

  /** Redis answered a call with an error of its own. */
  synchronized void complained(Complaint complaint, String call, String error) {
    metrics.redisComplained(complaint.name().toLowerCase(Locale.ROOT));
    boolean isNew = !complaints.containsKey(complaint);
    Ongoing ongoing = complaints.computeIfAbsent(complaint, unknown -> new Ongoing());
    ongoing.calls.add(call);
    ongoing.last = System.nanoTime();
    complaining = true;
    if (isNew) {
      why = complaint + ": " + complaint.advice();
      log.warn("Redis at {} does not serve: {}. It said: {}", nodes, why, error);
    }
  }

  /** The user of the URL may not run these commands, which Sluice needs; perhaps none. */
  synchronized void lacks(String commands) {
    if (commands.equals(lacking)) {
      return;
    }
    lacking = commands;
    if (commands.isEmpty()) {
      log.info("the user of Redis at {} has all permissions now", nodes);
      return;
    }
    why = "the user of Redis lacks the permission for " + commands;
    log.error(
        "the user of Redis at {} lacks the permission for {}: give it what redis/users.acl has",
        nodes,
        commands);
  }

  /** What was wrong last; empty when nothing was. */
  synchronized String why() {
    return why;
  }

  private synchronized void recover(String call, boolean inTime) {
    long now = System.nanoTime();
    if (inTime) {
      late.answered();
    } else {
      late.answeredLate();
    }
    lately = late.ongoing(now);
    if (lost && connectedBefore && up == connections && now - lastFailure > QUIET_NANOS) {
      back();
    }
    complaints
        .entrySet()
        .removeIf(
            entry -> {
              Ongoing ongoing = entry.getValue();
              boolean over = ongoing.calls.contains(call) && now - ongoing.last > CONTENT_NANOS;
              if (over) {
                log.info("Redis at {} serves again: no more {}", nodes, entry.getKey());
              }
              return over;
            });
    complaining = !complaints.isEmpty();
  }

  private void back() {
    lost = false;
    lastKind = ConnectFailure.Kind.UNREACHABLE;
    log.info("Redis at {} {}", nodes, slow ? "answers in time again" : "is back");
    slow = false;
  }

  /** Whether Redis is gone or does not serve. */
  Optional<String> trouble() {
    return lost || complaining ? Optional.of(why()) : Optional.empty();
  }
}
