package dev.sluice.comparison;

import dev.sluice.CannotStart;
import dev.sluice.RateLimitServer;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.config.RateLimitEnvironment;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.RedisProcess;
import dev.sluice.testing.Reference;
import dev.sluice.testing.StatsdServer;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/** One of the two servers, with a Redis and a StatsD of its own. */
final class Peer implements AutoCloseable {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String REFUSED = "ratelimit.service.call.should_rate_limit.service_error";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final EmbeddedRedis redis;
  private final Optional<EmbeddedRedis> perSecond;
  private final StatsdServer statsd;
  private final ManagedChannel channel;
  private final String http;
  private final String debug;
  private final Optional<String> metrics;
  private final Supplier<String> log;

  /** How a server is started; it adds what must be closed. */
  private interface Start {
    Doors start(Map<String, String> environment, List<AutoCloseable> open)
        throws CannotStart, InvalidConfiguration;
  }

  private record Doors(
      String grpc, String http, String debug, Optional<String> metrics, Supplier<String> log) {}

  private Peer(Map<String, String> environment, Start start)
      throws IOException, CannotStart, InvalidConfiguration {
    this.redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    open.add(redis);
    this.statsd = StatsdServer.at(0);
    open.add(statsd);
    Map<String, String> whole = new HashMap<>(environment);
    whole.put("REDIS_SOCKET_TYPE", "tcp");
    whole.put("REDIS_URL", redis.url().replace("redis://", ""));
    this.perSecond =
        environment.containsKey("REDIS_PERSECOND")
            ? Optional.of(EmbeddedRedis.start(EmbeddedRedis.Options.inMemory()))
            : Optional.empty();
    perSecond.ifPresent(
        its -> {
          open.add(its);
          whole.put("REDIS_PERSECOND_SOCKET_TYPE", "tcp");
          whole.put("REDIS_PERSECOND_URL", its.url().replace("redis://", ""));
        });
    if (environment.containsKey("USE_PROMETHEUS")) {
      whole.put("PROMETHEUS_ADDR", "127.0.0.1:" + RedisProcess.freePort());
      whole.put("USE_STATSD", "false");
    } else {
      whole.put("USE_STATSD", "true");
      whole.put("STATSD_HOST", "127.0.0.1");
      whole.put("STATSD_PORT", Integer.toString(statsd.port()));
    }
    whole.putIfAbsent("STATS_FLUSH_INTERVAL", "100ms");
    try {
      Doors doors = start.start(whole, open);
      this.http = doors.http;
      this.debug = doors.debug;
      this.metrics = doors.metrics;
      this.log = doors.log;
      this.channel = NettyChannelBuilder.forTarget(doors.grpc).usePlaintext().build();
      open.add(channel::shutdownNow);
    } catch (CannotStart | InvalidConfiguration | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * The real envoyproxy/ratelimit.
   *
   * @param environment without Redis, ports and StatsD
   */
  static Peer reference(Path folder, Map<String, String> environment)
      throws IOException, CannotStart, InvalidConfiguration {
    return new Peer(
        environment,
        (whole, open) -> {
          Reference server = Reference.start(folder, whole);
          open.add(server);
          return new Doors(
              server.grpc(),
              server.http(),
              server.debug(),
              Optional.ofNullable(whole.get("PROMETHEUS_ADDR")).map(address -> "http://" + address),
              server::log);
        });
  }

  /** Sluice, in this process. */
  static Peer sluice(Map<String, String> environment)
      throws IOException, CannotStart, InvalidConfiguration {
    return new Peer(
        environment,
        (whole, open) -> {
          for (String port : List.of("GRPC_PORT", "PORT", "DEBUG_PORT")) {
            whole.put(port, "0");
          }
          for (String host : List.of("GRPC_HOST", "HOST", "DEBUG_HOST")) {
            whole.put(host, "127.0.0.1");
          }
          // Slower than any machine: this is not about time.
          whole.put("SLUICE_RATE_LIMIT_TIMEOUT", "5s");
          RateLimitServer.Started started =
              RateLimitServer.start(new RateLimitEnvironment(whole).read());
          open.add(started.server());
          return new Doors(
              started.doors().grpc(),
              started.doors().http(),
              started.doors().debug(),
              started.doors().metrics(),
              () -> "");
        });
  }

  /** Asks by gRPC. */
  Answer ask(RateLimitRequest request) {
    long before = now();
    try {
      return Answer.of(
          before,
          RateLimitServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
              .shouldRateLimit(request),
          now());
    } catch (StatusRuntimeException e) {
      return Answer.failed(e.getStatus().getCode() + ": " + e.getStatus().getDescription());
    }
  }

  /** Asks at {@code /json}. */
  Answer post(String body) {
    long before = now();
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(http + "/json"))
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    return Answer.ofJson(before, response.statusCode(), response.body(), now());
  }

  private static long now() {
    return System.currentTimeMillis() / 1000;
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return HTTP.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Of the port of {@code /json}. */
  String page(String path) {
    HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(http + path)));
    return response.statusCode() + " " + response.body();
  }

  /** The rules in force, in an order of their own. */
  List<String> rules() {
    return send(HttpRequest.newBuilder(URI.create(debug + "/rlconfig")))
        .body()
        .lines()
        .sorted()
        .toList();
  }

  String health() {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.newBuilder().setService("ratelimit").build())
        .getStatus()
        .name();
  }

  /** What Prometheus is told; empty when it is not used. */
  Map<String, Double> metrics() {
    return metrics
        .map(url -> send(HttpRequest.newBuilder(URI.create(url + "/metrics"))).body())
        .map(Exposition::series)
        .orElse(Map.of());
  }

  /** What came to StatsD, by name. */
  Map<String, Long> statistics() {
    Map<String, Long> sums = new TreeMap<>();
    for (String line : statsd.lines()) {
      int colon = line.lastIndexOf(':');
      if (line.endsWith("|c") && colon > 0) {
        long more = Long.parseLong(line.substring(colon + 1, line.length() - 2));
        sums.merge(line.substring(0, colon), more, Long::sum);
      }
    }
    return sums;
  }

  /**
   * Waits until all that was counted has come to StatsD. What is counted with a request that cannot
   * be judged is sent in some order with the rest: only the third that comes proves a whole round.
   */
  void awaitStatistics() {
    for (int round = 0; round < 3; round++) {
      long before = statistics().getOrDefault(REFUSED, 0L);
      ask(RateLimitRequest.getDefaultInstance());
      Awaitility.await()
          .pollInterval(Duration.ofMillis(20))
          .until(() -> statistics().getOrDefault(REFUSED, 0L) > before);
    }
  }

  /** Every key of its Redis; those of a second one say so. */
  Map<String, Counter> counters() {
    Map<String, Counter> all = new TreeMap<>(counters(redis));
    perSecond.ifPresent(
        its -> counters(its).forEach((key, value) -> all.put("per second: " + key, value)));
    return all;
  }

  private static Map<String, Counter> counters(EmbeddedRedis redis) {
    try (RedisClient client = RedisClient.create(redis.url())) {
      RedisCommands<String, String> commands = client.connect().sync();
      Map<String, Counter> all = new TreeMap<>();
      ScanIterator.scan(commands)
          .forEachRemaining(
              key -> {
                String value = commands.get(key);
                // It may have ended since it was listed.
                if (value != null) {
                  all.put(key, new Counter(Long.parseLong(value), commands.ttl(key)));
                }
              });
      return all;
    }
  }

  /** As when its machine loses power. */
  void loseRedis() {
    redis.close();
  }

  String log() {
    return log.get();
  }

  @Override
  public void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      try {
        open.get(i).close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
