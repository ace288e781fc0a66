package dev.sluice.bench;

import dev.sluice.Main;
import dev.sluice.policy.DoorMode;
import dev.sluice.redis.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A Sluice for each mode of its doors, with a Redis and keys of its own, and the services that
 * decide nothing; each a process of its own, on free ports of 127.0.0.1.
 */
final class EdgesStack implements AutoCloseable {
  private static final Pattern LISTENING =
      Pattern.compile("listening: .*grpc ([^,\\s]+), http (http://[^,;\\s]+)");

  private final Processes processes;
  private final JavaProcess noOp;
  private final Sluice front;
  private final Sluice full;

  private record Sluice(JavaProcess process, EmbeddedRedis redis, List<UserKey> keys) {}

  /**
   * What is started is closed again when the next does not start.
   *
   * @param keys how many
   */
  EdgesStack(List<String> jvm, int keys) throws IOException, InterruptedException {
    processes = new Processes(jvm);
    try {
      noOp = processes.start("no-op", NoOp.class, List.of(), LISTENING);
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
    Path folder = Files.createDirectory(processes.folder().resolve(name));
    Files.writeString(folder.resolve("sambastack.yaml"), GatewayStack.SAMBASTACK);
    Path rules = Files.createDirectory(folder.resolve("ratelimit"));
    Files.writeString(rules.resolve("bench.yaml"), LimitQuestions.RULES);
    // Time-outs that a busy machine does not reach, as they would fail the run. Holds, which nobody
    // ends here, expire while others are made, so that their end is in what Redis costs.
    Path configuration =
        Files.writeString(
            folder.resolve("sluice.yaml"),
            """
            sambastack: sambastack.yaml
            redis: %1$s
            gateway: {host: 127.0.0.1, port: 0, redisTimeout: 5s}
            grpc: {host: 127.0.0.1, port: 0}
            http: {host: 127.0.0.1, port: 0}
            metrics: {host: 127.0.0.1, port: 0}
            debug: {host: 127.0.0.1, port: 0}
            extAuthz: {mode: %2$s, timeout: 5s}
            auth: {mode: %2$s, timeout: 5s}
            rateLimit: {directory: ratelimit, timeout: 5s}
            lease: 5s
            drainTimeout: 1s
            deployments:
            - {name: simulated, url: 'http://127.0.0.1:9', slots: 1, models: [%3$s]}
            """
                .formatted(redis.url(), name, GatewayStack.MODEL));
    JavaProcess process =
        processes.start(
            "sluice-" + name,
            Main.class,
            List.of("serve", "--config", configuration.toString()),
            LISTENING);
    return new Sluice(process, redis, UserKey.issue(redis.url(), "bench", keys));
  }

  EdgeTarget noOp() {
    return target(EdgeTarget.Kind.NO_OP, noOp);
  }

  EdgeTarget sluice(DoorMode mode) {
    return target(EdgeTarget.Kind.SLUICE, of(mode).process());
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

  private static EdgeTarget target(EdgeTarget.Kind kind, JavaProcess process) {
    return new EdgeTarget(kind, process.said(1), process.said(2), Optional.of(process.handle()));
  }

  /** Ends everything. */
  @Override
  public void close() {
    processes.close();
  }
}
