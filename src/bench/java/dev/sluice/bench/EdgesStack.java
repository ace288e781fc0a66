package dev.sluice.bench;

import dev.sluice.policy.DoorMode;
import dev.sluice.redis.EmbeddedRedis;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * A Sluice for each mode of its doors, with a Redis and keys of its own, and the services that
 * decide nothing; each a process of its own, on free ports of 127.0.0.1.
 */
final class EdgesStack implements AutoCloseable {
  private final Processes processes;
  private final JavaProcess noOp;
  private final Sluice front;
  private final Sluice full;

  private record Sluice(EdgeSluice process, EmbeddedRedis redis, List<UserKey> keys) {}

  /**
   * What is started is closed again when the next does not start.
   *
   * @param keys how many
   */
  EdgesStack(List<String> jvm, int keys) throws IOException, InterruptedException {
    processes = new Processes(jvm);
    try {
      noOp = processes.start("no-op", NoOp.class, List.of(), EdgeSluice.LISTENING);
      front = sluice(DoorMode.FRONT, keys);
      full = sluice(DoorMode.FULL, keys);
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private Sluice sluice(DoorMode mode, int keys) throws IOException, InterruptedException {
    String name = mode.name().toLowerCase(Locale.ROOT);
    EmbeddedRedis redis = processes.redis();
    EdgeSluice sluice = EdgeSluice.start(processes, name, mode, mode, redis.url());
    return new Sluice(sluice, redis, UserKey.issue(redis.url(), "bench", keys));
  }

  EdgeTarget noOp() {
    return EdgeSluice.target(EdgeTarget.Kind.NO_OP, noOp);
  }

  EdgeTarget sluice(DoorMode mode) {
    return of(mode).process().target();
  }

  /** The keys that this Sluice knows. */
  List<UserKey> keys(DoorMode mode) {
    return of(mode).keys();
  }

  ProcessHandle redis(DoorMode mode) {
    return Processes.handle(of(mode).redis());
  }

  private Sluice of(DoorMode mode) {
    return mode == DoorMode.FRONT ? front : full;
  }

  /** Ends everything. */
  @Override
  public void close() {
    processes.close();
  }
}
