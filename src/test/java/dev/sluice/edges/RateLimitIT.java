package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Stack;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of a directory, by gRPC and by /json, counted together. */
class RateLimitIT {
  @TempDir private static Path folder;
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
        - key: client
          rate_limit: {unit: day, requests_per_unit: 3}
        """);
    Files.writeString(
        rules.resolve("explained.yaml"),
        """
        domain: explained
        descriptors:
        - key: client
          rate_limit: {unit: day, requests_per_unit: 3}
        """);
    stack =
        new Stack(
            folder,
            Tiers.SAMBASTACK,
            "rateLimit: {directory: ratelimit, timeout: 5s}\n",
            Tiers.BACKENDS);
    channel = ManagedChannelBuilder.forTarget(stack.doors().grpc()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    stack.close();
  }

  @Test
  void gRpcAndJson_countTheSameHits() {
    assertThat(ask("edge", "10.0.0.1").getStatuses(0).getLimitRemaining()).isEqualTo(2);
    assertThat(json("10.0.0.1").body()).contains("\"limitRemaining\":1");
    assertThat(ask("edge", "10.0.0.1").getOverallCode()).isEqualTo(RateLimitResponse.Code.OK);

    assertThat(json("10.0.0.1").statusCode()).isEqualTo(429);
    RateLimitResponse over = ask("edge", "10.0.0.1");
    assertThat(over.getOverallCode()).isEqualTo(RateLimitResponse.Code.OVER_LIMIT);
    assertThat(over.getStatuses(0).getCurrentLimit().getRequestsPerUnit()).isEqualTo(3);
    assertThat(over.getStatuses(0).getDurationUntilReset().getSeconds()).isBetween(1L, 86_400L);
    assertThat(stack.metrics())
        .contains(
            "ratelimit_service_rate_limit_total_hits"
                + "{domain=\"edge\",key1=\"client\",key2=\"\",} 5.0",
            "ratelimit_service_rate_limit_over_limit"
                + "{domain=\"edge\",key1=\"client\",key2=\"\",} 2.0",
            "ratelimit_service_total_requests{grpc_method=\"ShouldRateLimit\",} ",
            "ratelimit_service_response_time_seconds_count{grpc_method=\"ShouldRateLimit\",} ");
  }

  @Test
  void domainWithoutRules_isOk() {
    assertThat(ask("other", "10.0.0.2").getOverallCode()).isEqualTo(RateLimitResponse.Code.OK);
  }

  @Test
  void debugDoor_explainsWithoutCounting_besideTheExplanationsOfTheGateway() {
    String url = stack.doors().debug() + "/explain";
    ask("explained", "10.0.0.3");

    assertThat(post(url, "explained", "10.0.0.3").body())
        .contains("\"what\" : \"it matches explained.client (", "\"value\" : 1,")
        .contains("\"would\" : \"pass\"");
    assertThat(ask("explained", "10.0.0.3").getStatuses(0).getLimitRemaining()).isEqualTo(1);
    assertThat(stack.send(HttpRequest.newBuilder(URI.create(url)).build()).body())
        .contains("\"error\"");
  }

  private static RateLimitResponse ask(String domain, String client) {
    return RateLimitServiceGrpc.newBlockingStub(channel)
        .shouldRateLimit(
            RateLimitRequest.newBuilder()
                .setDomain(domain)
                .addDescriptors(
                    RateLimitDescriptor.newBuilder()
                        .addEntries(
                            RateLimitDescriptor.Entry.newBuilder()
                                .setKey("client")
                                .setValue(client)))
                .build());
  }

  private static HttpResponse<String> json(String client) {
    return post(stack.doors().http() + "/json", "edge", client);
  }

  private static HttpResponse<String> post(String url, String domain, String client) {
    return stack.send(
        HttpRequest.newBuilder(URI.create(url))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    """
                    {"domain":"%s","descriptors":[{"entries":[{"key":"client","value":"%s"}]}]}
                    """
                        .formatted(domain, client)))
            .build());
  }
}
