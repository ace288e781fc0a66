package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.Stack;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.lettuce.core.RedisClient;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The settings of the descriptor limits, in a whole server with two Redises. */
class RateLimitSettingsIT {
  @TempDir private static Path folder;
  private static EmbeddedRedis perSecond;
  private static Stack stack;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() throws Exception {
    Path rules = Files.createDirectory(folder.resolve("ratelimit"));
    Files.writeString(
        rules.resolve("edge.yaml"),
        """
        domain: edge
        descriptors:
        - key: day
          metadata: {team: one}
          rate_limit: {unit: day, requests_per_unit: 2}
        - key: rolling
          rate_limit: {period: 90m, requests_per_unit: 2, algorithm: rolling}
        - key: second
          rate_limit: {unit: second, requests_per_unit: 1000}
        """);
    perSecond = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    stack =
        new Stack(
            folder,
            Tiers.SAMBASTACK,
            """
            rateLimit:
              directory: ratelimit
              timeout: 8s
              localCacheBytes: 1000000
              responseHeaders: {enabled: true}
              dynamicMetadata: true
              outage: closed
              perSecondRedis: %s
            """
                .formatted(perSecond.url()),
            Tiers.BACKENDS);
    channel = ManagedChannelBuilder.forTarget(stack.doors().grpc()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    stack.close();
    perSecond.close();
  }

  @Test
  void answer_hasHeadersAndMetadata_andTheLocalCacheSparesRedis() {
    RateLimitResponse first = ask("day", "a");
    ask("day", "a");
    ask("day", "a");
    RateLimitResponse over = ask("day", "a");

    assertThat(first.getResponseHeadersToAddList())
        .extracting(HeaderValue::getKey)
        .containsExactly("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset");
    assertThat(first.getDynamicMetadata().getFieldsMap()).containsKeys("metadata", "descriptors");
    assertThat(over.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
    assertThat(over.getDynamicMetadata().getFieldsMap()).doesNotContainKey("metadata");
    assertThat(stack.metrics())
        .contains(
            "ratelimit_service_rate_limit_over_limit_with_local_cache"
                + "{domain=\"edge\",key1=\"day\",key2=\"\",} 1.0",
            "sluice_ratelimit_circuit_open{redis=\"main\",} 0.0");
  }

  @Test
  void rollingLimit_refusesWithTheTimeUntilItPasses() {
    ask("rolling", "a");
    assertThat(ask("rolling", "a").getStatuses(0).getLimitRemaining()).isZero();
    RateLimitResponse over = ask("rolling", "a");

    assertThat(over.getOverallCode()).isEqualTo(Code.OVER_LIMIT);
    assertThat(over.getStatuses(0).getDurationUntilReset().getSeconds()).isBetween(1L, 5_485L);
  }

  @Test
  void limitPerSecond_isInTheOtherRedis_andItsOutageIsItsOwn() {
    assertThat(ask("second", "a").getOverallCode()).isEqualTo(Code.OK);
    try (RedisClient client = RedisClient.create(perSecond.url())) {
      assertThat(client.connect().sync().keys("edge_second_a_*")).isNotEmpty();
    }

    perSecond.close();

    Awaitility.await()
        .untilAsserted(
            () -> assertThat(ask("second", "b").getOverallCode()).isEqualTo(Code.OVER_LIMIT));
    Awaitility.await()
        .untilAsserted(
            () -> {
              ask("second", "b");
              assertThat(stack.metrics())
                  .contains("sluice_ratelimit_circuit_open{redis=\"per_second\",} 1.0");
            });
    assertThat(ask("day", "c").getOverallCode()).isEqualTo(Code.OK);
  }

  private static RateLimitResponse ask(String key, String value) {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain("edge");
    request.addDescriptorsBuilder().addEntriesBuilder().setKey(key).setValue(value);
    return RateLimitServiceGrpc.newBlockingStub(channel).shouldRateLimit(request.build());
  }
}
