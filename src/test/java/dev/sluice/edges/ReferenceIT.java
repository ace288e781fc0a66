package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RateLimitServer;
import dev.sluice.config.RateLimitEnvironment;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.Reference;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Beside the real envoyproxy/ratelimit, with the same environment but for the ports. */
class ReferenceIT {
  private static final RateLimitRequest REQUEST = request();

  @TempDir private Path folder;

  private static RateLimitRequest request() {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain("edge");
    request.addDescriptorsBuilder().addEntriesBuilder().setKey("client").setValue("a");
    return request.build();
  }

  private static Code ask(ManagedChannel channel) {
    return RateLimitServiceGrpc.newBlockingStub(channel).shouldRateLimit(REQUEST).getOverallCode();
  }

  @Test
  void bothServers_countUnderTheSameKey() throws Exception {
    Path rules = Files.createDirectories(folder.resolve("ratelimit/config"));
    Files.writeString(
        rules.resolve("edge.yaml"),
        """
        domain: edge
        descriptors:
        - {key: client, rate_limit: {unit: year, requests_per_unit: 3}}
        """);
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory())) {
      Map<String, String> environment = new HashMap<>();
      environment.put("RUNTIME_ROOT", folder.toString());
      environment.put("RUNTIME_SUBDIRECTORY", "ratelimit");
      environment.put("RUNTIME_WATCH_ROOT", "false");
      environment.put("REDIS_SOCKET_TYPE", "tcp");
      environment.put("REDIS_URL", redis.url().replace("redis://", ""));
      environment.put("USE_STATSD", "false");
      Map<String, String> ours = new HashMap<>(environment);
      ours.putAll(Map.of("GRPC_PORT", "0", "PORT", "0", "DEBUG_PORT", "0"));
      ours.put("SLUICE_RATE_LIMIT_TIMEOUT", "5s");
      RateLimitServer.Started sluice = RateLimitServer.start(new RateLimitEnvironment(ours).read());
      try (Reference reference = Reference.start(folder, environment)) {
        ManagedChannel one =
            NettyChannelBuilder.forTarget(sluice.doors().grpc()).usePlaintext().build();
        ManagedChannel other =
            NettyChannelBuilder.forTarget(reference.grpc()).usePlaintext().build();

        assertThat(ask(one)).isEqualTo(Code.OK);
        assertThat(ask(other)).isEqualTo(Code.OK);
        assertThat(ask(one)).isEqualTo(Code.OK);
        assertThat(ask(other)).isEqualTo(Code.OVER_LIMIT);
        assertThat(ask(one)).isEqualTo(Code.OVER_LIMIT);

        one.shutdownNow();
        other.shutdownNow();
      } finally {
        sluice.server().close();
      }
    }
  }
}
