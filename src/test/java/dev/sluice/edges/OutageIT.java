package dev.sluice.edges;

import static dev.sluice.testing.Stack.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.RunningEdge;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sluice is killed and started again under load: what a client sees behind each edge. */
class OutageIT {
  private static final int CLIENTS = 8;

  @TempDir private Path folder;
  private Stack stack;
  private Map<String, String> ports;

  @BeforeEach
  void start() throws IOException {
    // Its Redis, backends and keys are used; the Sluice that the edges ask is a process of its own.
    stack = new Stack(folder, Tiers.SAMBASTACK, "", Tiers.BACKENDS);
    ports =
        new HashMap<>(
            Map.of(
                "SLUICE_DRAIN_TIMEOUT", "1s",
                "SLUICE_EXT_AUTHZ_TIMEOUT", "8s",
                "SLUICE_AUTH_TIMEOUT", "8s"));
    for (String door : List.of("GATEWAY", "GRPC", "HTTP", "METRICS", "DEBUG")) {
      try (ServerSocket free = new ServerSocket(0)) {
        ports.put("SLUICE_" + door + "_PORT", Integer.toString(free.getLocalPort()));
      }
    }
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  /** What one client saw: the status, and what was wrong with it. */
  private record Seen(int status, String body, boolean named) {}

  @ParameterizedTest
  @ValueSource(strings = {"envoy", "nginx"})
  void killedAndStartedAgain_clientsAreToldAndTheFirstRequestAfterIsServed(String program)
      throws Exception {
    EdgeFiles files = program.equals("envoy") ? EdgeFiles.envoy() : EdgeFiles.nginx();
    SluiceProcess sluice = sluice();
    ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try (RunningEdge edge =
        RunningEdge.start(
            Edges.patient(files).onFreePorts(upstreams(files)), folder.resolve(program))) {
      String key = stack.key("ann", "web");
      for (int i = 0; i < CLIENTS; i++) {
        clients.execute(
            () -> {
              while (!over.get()) {
                seen.add(retrying(edge, key));
              }
            });
      }
      Awaitility.await().until(() -> count(seen, 200) > 20);

      sluice.kill();
      Awaitility.await().until(() -> count(seen, 503) > 20);
      sluice = sluice();

      Seen first = ask(edge, key);
      assertThat(first.status()).as("%s", first).isEqualTo(200);
      int before = count(seen, 200);
      Awaitility.await().until(() -> count(seen, 200) > before + 20);
      over.set(true);
      clients.shutdown();
      assertThat(clients.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      over.set(true);
      clients.shutdownNow();
      sluice.close();
    }
    // 502: what the gateway was at when it was killed. 503: whatever came while it was away.
    assertThat(seen).extracting(Seen::status).isSubsetOf(200, 502, 503);
    assertThat(seen.stream().filter(s -> s.status() == 503 && !s.named()).toList()).isEmpty();
    assertThat(seen.stream().filter(s -> s.status() == 503))
        .allSatisfy(s -> assertThat(s.body()).contains("\"code\":\"limits_unavailable\""));
    assertThat(seen.stream().filter(s -> s.status() == 502))
        .allSatisfy(s -> assertThat(s.body()).contains("\"code\":\"backend_unavailable\""));
  }

  private SluiceProcess sluice() {
    SluiceProcess process =
        new SluiceProcess(folder, ports, "serve", "--config", stack.configurationFile().toString());
    process.door("gateway");
    return process;
  }

  private Map<Integer, Integer> upstreams(EdgeFiles files) {
    Map<Integer, Integer> upstreams =
        new HashMap<>(Map.of(8000, port("GATEWAY"), 8080, port("HTTP"), 8081, port("GRPC")));
    upstreams.keySet().retainAll(Set.copyOf(files.ports()));
    return upstreams;
  }

  private int port(String door) {
    return Integer.parseInt(ports.getOrDefault("SLUICE_" + door + "_PORT", ""));
  }

  /**
   * As SDKs do, once: an edge that refuses may hang up on a client that is still sending its body.
   */
  private Seen retrying(RunningEdge edge, String key) {
    try {
      return ask(edge, key);
    } catch (UncheckedIOException e) {
      return ask(edge, key);
    }
  }

  private Seen ask(RunningEdge edge, String key) {
    HttpResponse<String> response =
        stack.send(
            HttpRequest.newBuilder(URI.create(edge.url() + "/v1/chat/completions"))
                .header("authorization", "Bearer " + key)
                .header("x-request-id", "case-1")
                .POST(HttpRequest.BodyPublishers.ofString(body("small", ",\"max_tokens\":1")))
                .build());
    return new Seen(
        response.statusCode(),
        response.body(),
        response.headers().firstValue("retry-after").isPresent()
            && response.headers().firstValue("x-request-id").filter("case-1"::equals).isPresent());
  }

  private static int count(Iterable<Seen> seen, int status) {
    int count = 0;
    for (Seen one : seen) {
      count += one.status() == status ? 1 : 0;
    }
    return count;
  }
}
