package dev.sluice.gateway;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.demo.SimulatedRequest;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.Stack;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two busy deployments, one {@code [web, free]} and one {@code [free, web]}. */
class QosOrderIT {
  private static final String SAMBASTACK =
      """
      serviceTiers:
        free:
        - {models: [alpha, beta], queueDepth: 10, qos: free}
        web:
        - {models: [alpha, beta], queueDepth: 10, qos: web}
      bundles:
        bundleDeploymentSpecs:
        - {name: webfirst, groups: [{name: default, qosList: [web, free]}]}
        - {name: freefirst, groups: [{name: default, qosList: [free, web]}]}
      """;

  @TempDir private static Path folder;
  private static Stack stack;
  private static String free;
  private static String web;

  @BeforeAll
  static void start() {
    stack =
        new Stack(
            folder,
            SAMBASTACK,
            "",
            List.of(deployment("webfirst", "alpha"), deployment("freefirst", "beta")));
    free = stack.key("alice", "free");
    web = stack.key("bob", "web");
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void theyServeInOppositeOrderAndFirstComeFirstServedInside() {
    assertThat(order("alpha", 0))
        .containsExactly("busy", "web-0", "web-1", "web-2", "free-0", "free-1", "free-2");
    assertThat(order("beta", 1))
        .containsExactly("busy", "free-0", "free-1", "free-2", "web-0", "web-1", "web-2");
  }

  /** The ids of requests in the order in which a deployment started them. */
  private static List<String> order(String model, int backend) {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    try (RawClient busy = new RawClient(stack.doors().gateway())) {
      busy.send(
          "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nx-request-id: busy\r\nx-simulate: tokens=10000\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(
                  web, body(model, ",\"stream\":true").length(), body(model, ",\"stream\":true")));
      busy.readUntil("data: ");
      for (int i = 0; i < 3; i++) {
        answers.add(ask(free, model, "free-" + i, 2 * i + 1));
        answers.add(ask(web, model, "web-" + i, 2 * i + 2));
      }
    }
    answers.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    await().until(() -> stack.backend(backend).records().size() == 7);
    return stack.backend(backend).records().stream()
        .sorted(Comparator.comparing(request -> request.order().orElseThrow()))
        .map(SimulatedRequest::requestId)
        .map(id -> id.orElseThrow())
        .toList();
  }

  private static CompletableFuture<HttpResponse<String>> ask(
      String key, String model, String id, int waiters) {
    CompletableFuture<HttpResponse<String>> answer =
        stack
            .http()
            .sendAsync(
                stack
                    .request("/v1/chat/completions", key, "x-request-id", id)
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body(model)))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    await()
        .until(
            () ->
                stack
                        .metrics()
                        .lines()
                        .filter(line -> line.startsWith("sluice_queue_length{"))
                        .mapToDouble(
                            line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                        .sum()
                    == waiters);
    return answer;
  }

  private static SimulatedBackendOptions deployment(String name, String model) {
    return SimulatedBackendOptions.of(name, List.of(model))
        .withSlots(1)
        .withPace(Duration.ZERO, 200)
        .withCompletionTokens(2);
  }
}
