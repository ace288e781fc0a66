package dev.sluice.edges;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.RunningEdge;
import dev.sluice.testing.Stack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped Envoy file's descriptors against rules of Sluice, on a real Envoy. */
class EnvoyRateLimitIT {
  @TempDir private Path folder;

  @Test
  void tierOfExtAuthz_asDescriptor_isLimitedByARuleAndNamedInHeaders() throws Exception {
    Path rules = Files.createDirectory(folder.resolve("ratelimit"));
    Files.writeString(
        rules.resolve("sluice.yaml"),
        """
        domain: sluice
        descriptors:
        - {key: tier, value: web, rate_limit: {unit: day, requests_per_unit: 2}}
        """);
    String settings =
        """
        rateLimit: {directory: ratelimit, timeout: 8s}
        extAuthz: {timeout: 8s}
        """;
    try (Stack stack = new Stack(folder, Tiers.SAMBASTACK, settings, Tiers.BACKENDS);
        RunningEdge envoy = envoy(stack)) {
      String web = stack.key("ann", "web");
      String free = stack.key("bob", "free");

      HttpResponse<String> first = chat(stack, envoy, web);
      assertThat(first.statusCode()).isEqualTo(200);
      assertThat(first.headers().firstValue("x-ratelimit-limit")).contains("2, 2;w=86400");
      assertThat(first.headers().firstValue("x-ratelimit-remaining")).contains("1");
      assertThat(chat(stack, envoy, web).statusCode()).isEqualTo(200);
      HttpResponse<String> third = chat(stack, envoy, web);

      assertThat(third.statusCode()).isEqualTo(429);
      assertThat(third.body())
          .contains("\"code\":\"rate_limit_exceeded\"", "\"request_id\":\"case-1\"");
      assertThat(third.headers().firstValue("x-ratelimit-remaining")).contains("0");
      assertThat(chat(stack, envoy, free).statusCode()).isEqualTo(200);
    }
  }

  private RunningEdge envoy(Stack stack) {
    EdgeFiles files = Edges.patient(EdgeFiles.envoy());
    return RunningEdge.start(
        files.onFreePorts(Edges.upstreams(files, stack)), folder.resolve("envoy"));
  }

  private static HttpResponse<String> chat(Stack stack, RunningEdge envoy, String key) {
    return stack.send(
        HttpRequest.newBuilder(URI.create(envoy.url() + "/v1/chat/completions"))
            .header("authorization", "Bearer " + key)
            .header("x-request-id", "case-1")
            .POST(HttpRequest.BodyPublishers.ofString(body("small")))
            .build());
  }
}
