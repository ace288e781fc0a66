package dev.sluice.edge.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedHeadersTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "X-Api-Key",
        "Host",
        "Content-Length",
        "Connection",
        "TE",
        "Upgrade",
        "Transfer-Encoding",
        "X-Sluice-Proof",
        "Accept-Encoding",
        "Cookie",
        "x-sluice-anything",
        "Expect",
        "X-Per-Hop"
      })
  void doesNotPassToTheBackend(String name) {
    MultiMap from = MultiMap.caseInsensitiveMultiMap().add("Connection", "close, X-Per-Hop");
    from.add(name, "secret");
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    ForwardedHeaders.request(from, to);
    assertThat(to.contains(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "traceparent",
        "tracestate",
        "Content-Type",
        "Accept",
        "OpenAI-Organization",
        "X-Sluice-Workflow",
        "X-Stainless-Retry-Count"
      })
  void passesToTheBackend(String name) {
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    ForwardedHeaders.request(MultiMap.caseInsensitiveMultiMap().add(name, "value"), to);
    assertThat(to.get(name)).isEqualTo("value");
  }

  @Test
  void aResponseKeepsItsHeadersButThoseOfTheConnection() {
    MultiMap from =
        MultiMap.caseInsensitiveMultiMap()
            .add("Content-Type", "text/event-stream")
            .add("Content-Length", "7")
            .add("Set-Cookie", "a=1")
            .add("Set-Cookie", "b=2")
            .add("Transfer-Encoding", "chunked")
            .add("Keep-Alive", "timeout=5");
    MultiMap to = MultiMap.caseInsensitiveMultiMap();
    ForwardedHeaders.response(from, to);
    assertThat(to.names())
        .containsExactlyInAnyOrder("Content-Type", "Content-Length", "Set-Cookie");
    assertThat(to.getAll("set-cookie")).containsExactly("a=1", "b=2");
  }
}
