package dev.sluice.bench;

import dev.sluice.Main;
import dev.sluice.account.KeyIssuer;
import dev.sluice.metrics.Metrics;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisOptions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A simulated backend, a bare proxy and a Sluice in front of it, and Sluice's Redis; each a process
 * of its own, on free ports of 127.0.0.1.
 */
final class GatewayStack implements AutoCloseable {
  /** The flags with which the launcher runs Sluice. */
  static final List<String> LAUNCHER_FLAGS = List.of("-XX:+UseSerialGC", "-Xms64m");

  static final String MODEL = "bench-model";

  /** More than there are connections: nothing waits in a queue. */
  static final int SLOTS = 1000;

  private static final String ORGANIZATION = "bench";
  private static final Pattern LISTENING = Pattern.compile("listening on (http://\\S+)");
  private static final Pattern GATEWAY_LISTENING =
      Pattern.compile("listening: gateway (http://[^,\\s]+)");

  /** Three windows, as the vendor's tiers have them, in which there is room for every request. */
  private static final String SAMBASTACK =
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

  private final Deque<Runnable> started = new ArrayDeque<>();
  private final EmbeddedRedis redis;
  private final JavaProcess backend;
  private final JavaProcess proxy;
  private final JavaProcess sluice;
  private final String key;

  /** What is started is closed again when the next does not start. */
  GatewayStack(List<String> jvm) throws IOException, InterruptedException {
    try {
      Path folder = Files.createTempDirectory("sluice-bench");
      started.push(() -> delete(folder));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "delete " + folder));
      List<String> flags = new ArrayList<>(LAUNCHER_FLAGS);
      flags.addAll(jvm);
      redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
      started.push(redis::close);
      backend =
          opened(
              JavaProcess.start(
                  folder, "backend", LAUNCHER_FLAGS, Main.class, backendArguments(), LISTENING));
      proxy =
          opened(
              JavaProcess.start(
                  folder, "proxy", flags, BareProxy.class, List.of(backend.url()), LISTENING));
      sluice =
          opened(
              JavaProcess.start(
                  folder,
                  "sluice",
                  flags,
                  Main.class,
                  List.of("serve", "--config", configuration(folder).toString()),
                  GATEWAY_LISTENING));
      key = issueKey(redis.url());
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  private JavaProcess opened(JavaProcess process) {
    started.push(process::close);
    return process;
  }

  Target straight() {
    return new Target(Target.Kind.STRAIGHT, backend.url(), key, backend.handle());
  }

  Target proxy() {
    return new Target(Target.Kind.PROXY, proxy.url(), key, proxy.handle());
  }

  Target sluice() {
    return new Target(Target.Kind.SLUICE, sluice.url(), key, sluice.handle());
  }

  ProcessHandle redis() {
    return ProcessHandle.of(redis.pid()).orElseThrow();
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
            .formatted(redis.url(), backend.url(), SLOTS, MODEL);
    return Files.writeString(folder.resolve("sluice.yaml"), settings);
  }

  private static String issueKey(String url) throws InterruptedException {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (RedisConnections redis =
        RedisConnections.open(RedisOptions.of(url), loops, new Metrics())) {
      if (!redis.awaitAnswer(Duration.ofSeconds(5))) {
        throw new BenchFailed("Redis does not answer at " + url);
      }
      return new KeyIssuer(new RedisAccounts(redis), new SecureRandom(), "bench")
          .issue(
              new KeyIssuer.Order(
                  ORGANIZATION, "default", "user", "key", Optional.of("bench"), Optional.empty()))
          .toCompletableFuture()
          .join()
          .text()
          .reveal();
    } finally {
      var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends everything, the last started first. */
  @Override
  public void close() {
    while (!started.isEmpty()) {
      started.pop().run();
    }
  }
}
