package dev.sluice.redisdeployments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Authority;
import dev.sluice.testing.RateLimits;
import dev.sluice.testing.RedisCluster;
import dev.sluice.testing.RedisProcess;
import dev.sluice.testing.RedisSentinels;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.grpc.StatusRuntimeException;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Descriptor limits on each kind of Redis, said by the environment of envoyproxy/ratelimit. */
class RateLimitEnvironmentIT {
  private static final Duration LATEST = Duration.ofSeconds(60);
  private static final long YEAR = 365L * 24 * 3600;
  private static final int LIMIT = 40;

  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void rules() throws IOException {
    environment.putAll(RateLimits.environment(folder, ""));
    RateLimits.write(
        folder,
        "edge.yaml",
        RateLimits.rule("edge", LIMIT)
            + """
            - key: burst
              rate_limit: {unit: second, requests_per_unit: 1000000}
            """);
  }

  private void set(String... variables) {
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
  }

  private static String key(String value) {
    return "edge_year_" + value + "_" + System.currentTimeMillis() / 1000 / YEAR * YEAR;
  }

  /** Of many at a time, over two replicas, no more and no fewer pass than the limit allows. */
  private void assertThatItCountsExactly() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try (RateLimits one = RateLimits.start(environment);
        RateLimits other = RateLimits.start(environment)) {
      // Values in slots of several nodes.
      for (String value : List.of("a", "b", "c")) {
        List<Callable<Code>> asked =
            IntStream.range(0, 2 * LIMIT)
                .<Callable<Code>>mapToObj(i -> () -> (i % 2 == 0 ? one : other).ask("edge", value))
                .toList();
        Map<Code, Integer> answers = new HashMap<>();
        for (Future<Code> answer : clients.invokeAll(asked)) {
          answers.merge(answer.get(), 1, Integer::sum);
        }
        assertThat(answers).isEqualTo(Map.of(Code.OK, LIMIT, Code.OVER_LIMIT, LIMIT));
      }
    } finally {
      clients.shutdownNow();
    }
  }

  private static String addresses(Stream<RedisProcess> nodes) {
    return nodes.map(RedisProcess::address).collect(Collectors.joining(","));
  }

  @Test
  void userWithPassword_counts() throws Exception {
    try (RedisProcess redis =
        RedisProcess.start(
            folder, "user limits on >s3cret/with:all ~* +@all", "user default off")) {
      set("REDIS_URL", redis.address(), "REDIS_AUTH", "limits:s3cret/with:all");

      assertThatItCountsExactly();
    }
  }

  @Test
  void passwordAlone_counts() throws Exception {
    try (RedisProcess redis = RedisProcess.start(folder, "requirepass s3cret@home")) {
      set("REDIS_URL", redis.address(), "REDIS_AUTH", "s3cret@home");

      assertThatItCountsExactly();
    }
  }

  @Test
  void mutualTls_counts_alsoWithACertificateOfAnotherHost() throws Exception {
    Authority authority = new Authority("private");
    Authority.write(folder, "redis", authority.issue("redis"));
    Authority.write(folder, "sluice", authority.issue("sluice"));
    Path ca = authority.write(folder.resolve("ca.crt"));
    int port = RedisProcess.freePort();
    try (RedisProcess redis =
        RedisProcess.start(
            folder,
            "tls-port " + port,
            "tls-cert-file " + folder.resolve("redis.crt"),
            "tls-key-file " + folder.resolve("redis.key"),
            "tls-ca-cert-file " + ca,
            "tls-auth-clients yes")) {
      set(
          "REDIS_URL", "127.0.0.1:" + port,
          "REDIS_TLS", "true",
          "REDIS_TLS_CACERT", ca.toString(),
          "REDIS_TLS_CLIENT_CERT", folder.resolve("sluice.crt").toString(),
          "REDIS_TLS_CLIENT_KEY", folder.resolve("sluice.key").toString());

      assertThatItCountsExactly();
      assertThat(redis.<String>ask(there -> there.get(key("a")))).isEqualTo("80");
    }
  }

  @Test
  void cluster_counts_andGoesOnWhenAMasterFails() throws Exception {
    try (RedisCluster redis = new RedisCluster(folder, 3, 1, Duration.ofSeconds(2))) {
      set(
          "REDIS_TYPE", "CLUSTER",
          "REDIS_PIPELINE_WINDOW", "150us",
          "REDIS_URL", addresses(redis.nodes().subList(0, 3).stream()));

      assertThatItCountsExactly();
      assertThatItGoesOn(redis.masterOf(SlotHash.getSlot(key("a"))));
    }
  }

  @Test
  void sentinel_counts_andGoesOnWhenTheMasterFails() throws Exception {
    try (RedisSentinels redis = new RedisSentinels(folder, Duration.ofSeconds(2))) {
      set("REDIS_TYPE", "SENTINEL", "REDIS_URL", sentinels(redis));

      assertThatItCountsExactly();
      assertThatItGoesOn(redis.server(true));
    }
  }

  private static String sentinels(RedisSentinels redis) {
    return RedisSentinels.MASTER + "," + addresses(redis.sentinels().stream());
  }

  @Test
  void sentinelsWithAPasswordOfTheirOwn_areAskedWithIt() throws Exception {
    try (RedisSentinels redis = new RedisSentinels(folder, Duration.ofSeconds(30))) {
      for (RedisProcess sentinel : redis.sentinels()) {
        sentinel.ask(
            there ->
                there.aclSetuser("default", AclSetuserArgs.Builder.addPassword("of sentinels")));
      }
      assertThatThrownBy(() -> redis.sentinels().get(0).ask(there -> there.ping()))
          .hasStackTraceContaining("NOAUTH");
      set(
          "REDIS_TYPE", "SENTINEL",
          "REDIS_URL", sentinels(redis),
          "REDIS_SENTINEL_AUTH", "of sentinels");

      assertThatItCountsExactly();
    }
  }

  @Test
  void limitsPerSecond_areCountedInTheOtherRedis_ofAnotherKind() throws Exception {
    try (RedisCluster cluster = new RedisCluster(folder, 3, 0, Duration.ofSeconds(30));
        RedisProcess main = RedisProcess.start(folder, "requirepass main")) {
      set(
          "REDIS_URL", main.address(),
          "REDIS_AUTH", "main",
          "REDIS_PERSECOND", "true",
          "REDIS_PERSECOND_TYPE", "CLUSTER",
          "REDIS_PERSECOND_SOCKET_TYPE", "tcp",
          "REDIS_PERSECOND_URL", addresses(cluster.nodes().stream()));

      assertThatItCountsExactly();
      try (RateLimits limits = RateLimits.start(environment)) {
        assertThat(limits.ask("edge", "burst", "a")).isEqualTo(Code.OK);
      }

      List<String> perSecond =
          cluster.nodes().stream()
              .flatMap(node -> node.ask(there -> there.keys("*")).stream())
              .toList();
      assertThat(perSecond).isNotEmpty().allMatch(name -> name.startsWith("edge_burst_a_"));
    }
  }

  /**
   * One is asked all the while: it answers or fails, and answers again when a replica took over.
   */
  private void assertThatItGoesOn(RedisProcess master) throws Exception {
    environment.put("SLUICE_RATE_LIMIT_TIMEOUT", "1s");
    master.ask(there -> there.waitForReplication(1, 20_000));
    try (RateLimits limits = RateLimits.start(environment)) {
      assertThat(limits.ask("edge", "a")).isEqualTo(Code.OVER_LIMIT);

      master.kill();

      assertThat(limits.failure("edge")).isNotEmpty();
      await()
          .atMost(LATEST)
          .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
          // What was counted is there still.
          .until(() -> limits.ask("edge", "a"), Code.OVER_LIMIT::equals);
    }
  }
}
