package dev.sluice.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.Reference;
import dev.sluice.testing.SluiceProcess;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three replicas of the real envoyproxy/ratelimit, asked all the time, are replaced by Sluice one
 * after the other, with nothing but their environment, and one is taken back.
 */
class RollingChangeIT {
  private static final int LIMIT = 50;
  private static final int PER_SECOND = 20;
  private static final long DAY = 24 * 3600;

  private static final String RULES =
      """
      domain: rolling
      descriptors:
      - {key: client, rate_limit: {unit: year, requests_per_unit: %d}}
      - {key: second, rate_limit: {unit: second, requests_per_unit: %d}}
      """
          .formatted(LIMIT, PER_SECOND);

  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private EmbeddedRedis redis;
  private EmbeddedRedis perSecond;

  @BeforeEach
  void startRedis() throws Exception {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    open.add(redis);
    perSecond = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    open.add(perSecond);
    Path rules = Files.createDirectories(folder.resolve("ratelimit/config"));
    Files.writeString(rules.resolve("rolling.yaml"), RULES);
    environment.put("RUNTIME_ROOT", folder.toString());
    environment.put("RUNTIME_SUBDIRECTORY", "ratelimit");
    environment.put("RUNTIME_WATCH_ROOT", "false");
    environment.put("REDIS_SOCKET_TYPE", "tcp");
    environment.put("REDIS_URL", redis.url().replace("redis://", ""));
    environment.put("USE_STATSD", "false");
    // Slower than any machine. The other server does not know it.
    environment.put("SLUICE_RATE_LIMIT_TIMEOUT", "10s");
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  static Stream<Map<String, String>> environments() {
    return Stream.of(
        Map.of(),
        Map.of(
            "CACHE_KEY_PREFIX", "edge:",
            "LOCAL_CACHE_SIZE_IN_BYTES", "1000000",
            "STOP_CACHE_KEY_INCREMENT_WHEN_OVERLIMIT", "true",
            "REDIS_PERSECOND", "true"));
  }

  @ParameterizedTest
  @MethodSource("environments")
  void replicasAreReplacedOneByOne_andLimitsHoldExactly(Map<String, String> more) throws Exception {
    environment.putAll(more);
    if (more.containsKey("REDIS_PERSECOND")) {
      environment.put("REDIS_PERSECOND_SOCKET_TYPE", "tcp");
      environment.put("REDIS_PERSECOND_URL", perSecond.url().replace("redis://", ""));
    }
    List<Reference> references = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Reference reference = Reference.start(folder, environment);
      open.add(reference);
      references.add(reference);
      addresses.add(reference.grpc());
    }
    try (RollingClient client = new RollingClient(addresses, LIMIT)) {
      client.awaitAnswers(500);
      List<SluiceProcess> sluices = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Reference reference = references.get(i);
        client.leaves(i);
        reference.close();
        sluices.add(new SluiceProcess(folder, reference.environment(), "serve"));
        open.add(sluices.get(i));
        awaitServing(reference.grpc());
        client.isBack(i);
        client.awaitAnswers(500);
      }
      client.leaves(1);
      sluices.get(1).terminate();
      assertThat(sluices.get(1).exitCode()).isZero();
      open.add(Reference.start(folder, references.get(1).environment()));
      client.isBack(1);
      client.awaitAnswers(500);
      client.stop();

      assertThat(client.errors()).isEmpty();
      assertThat(client.admittedByKey()).hasSizeGreaterThan(20);
      assertThat(client.admittedByKey().values())
          .allSatisfy(admitted -> assertThat(admitted).isEqualTo(LIMIT));
      assertThat(client.mostInASecond()).isBetween(1, PER_SECOND);
      assertKeys(client.admittedByKey().keySet().stream().toList());
    }
  }

  private void assertKeys(List<String> clients) {
    long year = 365 * DAY;
    long window = System.currentTimeMillis() / 1000 / year * year;
    String prefix = environment.getOrDefault("CACHE_KEY_PREFIX", "");
    try (RedisClient client = RedisClient.create(redis.url())) {
      RedisCommands<String, String> commands = client.connect().sync();
      for (String each : clients) {
        String key = prefix + "rolling_client_" + each + "_" + window;
        assertThat(Long.parseLong(commands.get(key))).isGreaterThanOrEqualTo(LIMIT);
        assertThat(commands.ttl(key)).isBetween(year - DAY, year + 300);
      }
    }
  }

  private void awaitServing(String address) {
    ManagedChannel channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
    try {
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .until(
              () -> {
                channel.resetConnectBackoff();
                return isServing(channel);
              });
    } finally {
      channel.shutdownNow();
    }
  }

  private static boolean isServing(ManagedChannel channel) {
    try {
      return HealthGrpc.newBlockingStub(channel)
              .check(HealthCheckRequest.newBuilder().setService("ratelimit").build())
              .getStatus()
          == ServingStatus.SERVING;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }
}
