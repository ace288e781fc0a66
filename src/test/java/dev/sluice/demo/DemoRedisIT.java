package dev.sluice.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.Stack;
import io.lettuce.core.RedisClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A whole Sluice whose embedded Redis dies. */
final class DemoRedisIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Test
  void redisThatIsKilled_isThereAgainAndKnowsTheKeys() throws Exception {
    try (Demo demo = Demo.start(true, Set.of())) {
      assertThat(ask(demo)).isEqualTo(200);

      long killed = demo.redis().pid();
      ProcessHandle.of(killed).orElseThrow().destroyForcibly();

      await().atMost(PATIENCE).until(() -> demo.redis().pid() != killed);
      try (RedisClient client = RedisClient.create(demo.redis().url())) {
        assertThat(client.connect().sync().keys("{acme}*")).isNotEmpty();
      }
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(ask(demo)).isEqualTo(200));
    }
  }

  private static int ask(Demo demo) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(demo.doors().gateway() + "/v1/chat/completions"))
                .header("authorization", "Bearer " + demo.key("enterprise").text().reveal())
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(Stack.body(demo.model("enterprise"))))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }
}
