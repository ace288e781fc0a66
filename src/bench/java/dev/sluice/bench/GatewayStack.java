package dev.sluice.bench;

import dev.sluice.Main;
import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.RunningEdge;
import dev.sluice.redis.EmbeddedRedis;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A simulated backend, a bare proxy and a Sluice in front of it, and Sluice's Redis; each a process
 * of its own, on free ports of 127.0.0.1.
 */
final class GatewayStack implements AutoCloseable {
  static final String MODEL = "bench-model";

  /** More than there are connections: nothing waits in a queue. */
  static final int SLOTS = 1000;

  private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
  private static final Pattern GATEWAY_LISTENING =
      Pattern.compile("listening: gateway (\\S+), grpc (\\S+), http (\\S+), metrics");

  /** Three windows, as the vendor's tiers have them, in which there is room for every request. */
  static final String SAMBASTACK =
      """
      serviceTiers:
        bench:
        - models: [%s]
          queueDepth: %d
          qos: bench
          rates:
          - {allowedRequests: 1000000000, periodSeconds: 60}
          - {allowedRequests: 1000000000, periodSeconds: 3600}
          - {allowedRequests: 1000000000, periodSeconds: 86400}
      bundles:
        bundleDeploymentSpecs:
        - name: simulated
          groups: [{name: default, minReplicas: 1, qosList: [bench]}]
      """
          .formatted(MODEL, SLOTS);

  private final Processes processes;
  private final EmbeddedRedis redis;
  private final JavaProcess backend;
  private final JavaProcess proxy;
  private final JavaProcess sluice;
  private final String key;

  /** What is started is closed again when the next does not start. */
  GatewayStack(List<String> jvm) throws IOException, InterruptedException {
    processes = new Processes(jvm);
    try {
      redis = processes.redis();
      backend = processes.startPlain("backend", Main.class, backendArguments(), LISTENING);
      proxy = processes.start("proxy", BareProxy.class, List.of(backend.said(1)), LISTENING);
      sluice =
          processes.start(
              "sluice",
              Main.class,
              List.of("serve", "--config", configuration(processes.folder()).toString()),
              GATEWAY_LISTENING);
      key = UserKey.issue(redis.url(), "bench", 1).get(0).text();
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  Target straight() {
    return new Target(Target.Kind.STRAIGHT, backend.said(1), key, backend.handle());
  }

  Target proxy() {
    return new Target(Target.Kind.PROXY, proxy.said(1), key, proxy.handle());
  }

  Target sluice() {
    return new Target(Target.Kind.SLUICE, sluice.said(1), key, sluice.handle());
  }

  /** A real edge in front of Sluice, on free ports; to be closed. */
  RunningEdge edge(EdgeFiles files) throws IOException {
    Map<Integer, Integer> ports =
        new HashMap<>(
            Map.of(
                8000, port(sluice.said(1)),
                8081, port("http://" + sluice.said(2)),
                8080, port(sluice.said(3))));
    ports.keySet().retainAll(files.ports());
    Path folder = Files.createTempDirectory(processes.folder(), files.program().toString());
    return RunningEdge.start(files.onFreePorts(ports), folder);
  }

  private static int port(String url) {
    return URI.create(url).getPort();
  }

  ProcessHandle redis() {
    return Processes.handle(redis);
  }

  private static List<String> backendArguments() {
    return List.of(
        "backend",
        "--port=0",
        "--models=" + MODEL,
        "--slots=" + SLOTS,
        "--ttft=0ms",
        "--tokens-per-second=0",
        "--completion-tokens=1000");
  }

  private Path configuration(Path folder) throws IOException {
    Files.writeString(folder.resolve("sambastack.yaml"), SAMBASTACK);
    String settings =
        """
        sambastack: sambastack.yaml
        redis: %s
        gateway: {host: 127.0.0.1, port: 0}
        grpc: {host: 127.0.0.1, port: 0}
        http: {host: 127.0.0.1, port: 0}
        metrics: {host: 127.0.0.1, port: 0}
        debug: {host: 127.0.0.1, port: 0}
        drainTimeout: 1s
        deployments:
        - {name: simulated, url: '%s', slots: %d, models: [%s]}
        """
            .formatted(redis.url(), backend.said(1), SLOTS, MODEL);
    return Files.writeString(folder.resolve("sluice.yaml"), settings);
  }

  /** Ends everything. */
  @Override
  public void close() {
    processes.close();
  }
}
