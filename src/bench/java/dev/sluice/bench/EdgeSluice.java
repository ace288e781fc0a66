package dev.sluice.bench;

import dev.sluice.Main;
import dev.sluice.policy.DoorMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** A Sluice with its doors for edges, as a process of its own on free ports of 127.0.0.1. */
record EdgeSluice(JavaProcess process) {
  /** What it, and what it is compared with, says when it listens. */
  static final Pattern LISTENING =
      Pattern.compile(
          "listening: .*grpc ([^,\\s]+), http (http://[^,;\\s]+)(?:, metrics (http://[^,;\\s]+))?");

  /**
   * Starts one.
   *
   * @param redis its URL
   */
  static EdgeSluice start(Processes processes, EdgeSetup setup, String redis)
      throws IOException, InterruptedException {
    return start(processes, setup, GatewayStack.SAMBASTACK, redis);
  }

  /** Starts one with tiers of its own. */
  static EdgeSluice start(Processes processes, EdgeSetup setup, String sambastack, String redis)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectory(processes.folder().resolve(setup.name()));
    Path configuration = configuration(folder, setup, redis);
    Files.writeString(folder.resolve("sambastack.yaml"), sambastack);
    return new EdgeSluice(
        processes.start(
            "sluice-" + setup.name(),
            Main.class,
            List.of("serve", "--config", configuration.toString()),
            LISTENING));
  }

  /**
   * Writes what one is started with.
   *
   * @param redis its URL
   */
  static Path configuration(Path folder, EdgeSetup setup, String redis) throws IOException {
    Files.writeString(folder.resolve("sambastack.yaml"), GatewayStack.SAMBASTACK);
    Path rules = Files.createDirectory(folder.resolve("ratelimit"));
    Files.writeString(rules.resolve("bench.yaml"), LimitQuestions.RULES);
    // Time-outs that a busy machine does not reach, as they would fail the run. Holds, which nobody
    // ends here, expire while others are made, so that their end is in what Redis costs.
    return Files.writeString(
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
        auth: {mode: %3$s, timeout: 5s}
        rateLimit: %4$s
        lease: 5s
        drainTimeout: 1s
        deployments:
        - {name: simulated, url: 'http://127.0.0.1:9', slots: 1, models: [%5$s]}
        """
            .formatted(
                redis,
                text(setup.extAuthz()),
                text(setup.auth()),
                setup.rateLimitYaml(),
                GatewayStack.MODEL));
  }

  private static String text(DoorMode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  /**
   * @param redis empty when it is not watched
   */
  EdgeTarget target(Optional<ProcessHandle> redis) {
    return target(EdgeTarget.Kind.SLUICE, process, redis);
  }

  static EdgeTarget target(
      EdgeTarget.Kind kind, JavaProcess process, Optional<ProcessHandle> redis) {
    return new EdgeTarget(
        kind, process.said(1), process.said(2), Optional.of(process.handle()), redis);
  }

  /** The URL of its metrics. */
  String metrics() {
    return process.said(3) + "/metrics";
  }
}
