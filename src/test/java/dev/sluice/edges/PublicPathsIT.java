package dev.sluice.edges;

import static dev.sluice.edges.EdgeClient.echoed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.demo.EdgeFiles;
import dev.sluice.demo.RunningEdge;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.Stack;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What passes without a key, on real edges with the shipped files, in both modes. */
class PublicPathsIT {
  /** Where an API begins behind each edge. */
  enum Edge {
    ENVOY("ext_authz", "/v1"),
    NGINX("auth", "/v1"),
    ENVOY_FULL("ext_authz", "/v1"),
    NGINX_FULL("auth", "/llama-70b/v1");

    private final String door;
    private final String base;

    Edge(String door, String base) {
      this.door = door;
      this.base = base;
    }

    EdgeFiles files() {
      return switch (this) {
        case ENVOY -> EdgeFiles.envoy();
        case NGINX -> EdgeFiles.nginx();
        case ENVOY_FULL -> EdgeFiles.envoyFull();
        case NGINX_FULL -> EdgeFiles.nginxFull();
      };
    }
  }

  private static final String SETTINGS =
      """
      publicPaths: [/v1/docs/*, /v1/status, /llama-70b/v1/docs/*, /llama-70b/v1/status]
      extAuthz: {mode: %1$s, timeout: 8s}
      auth: {mode: %1$s, timeout: 8s}
      """;

  /** Whatever Sluice itself says in such headers. */
  private static final List<String> FORGED =
      List.of(
          "organization",
          "project",
          "user",
          "key",
          "tier",
          "qos",
          "proof",
          "model",
          "backend-model",
          "warning",
          "status",
          "body");

  @TempDir private static Path folder;
  private static final EchoBackend backend = new EchoBackend();
  private static final Map<Edge, RunningEdge> edges = new HashMap<>();
  private static final Map<Edge, Stack> stacks = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    Stack front = stack("front");
    Stack full = stack("full");
    for (Edge edge : Edge.values()) {
      Stack stack = edge.name().endsWith("FULL") ? full : front;
      EdgeFiles files = Edges.patient(edge.files());
      Map<Integer, Integer> ports = new HashMap<>(Edges.upstreams(files, stack));
      ports.replaceAll(
          (shipped, port) -> shipped == 8080 || shipped == 8081 ? port : backend.port());
      String name = edge.name().toLowerCase(Locale.ROOT);
      edges.put(edge, RunningEdge.start(files.onFreePorts(ports), folder.resolve(name)));
      stacks.put(edge, stack);
    }
  }

  private static Stack stack(String mode) throws Exception {
    return new Stack(
        java.nio.file.Files.createDirectory(folder.resolve("sluice-" + mode)),
        Tiers.SAMBASTACK,
        SETTINGS.formatted(mode),
        Tiers.BACKENDS);
  }

  @AfterAll
  static void stop() {
    edges.values().forEach(RunningEdge::close);
    stacks.values().stream().distinct().forEach(Stack::close);
    backend.close();
  }

  private static EdgeClient client(Edge edge) {
    return EdgeClient.patient(edges.get(edge).url());
  }

  private static String counted(Edge edge, String decision) {
    return "sluice_decisions_total{door=\"%s\",tier=\"none\",model=\"none\",reason=\"%s\",}"
        .formatted(edge.door, decision);
  }

  @ParameterizedTest
  @EnumSource
  void publicPath_withoutAKey_reachesTheUpstreamAsNobody(Edge edge) {
    List<String> headers = new ArrayList<>();
    FORGED.forEach(name -> headers.addAll(List.of("X-Sluice-" + name, "forged")));

    HttpResponse<String> response =
        client(edge).get(edge.base + "/docs/a.html?b=../c", "", headers.toArray(new String[0]));

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertNobody(echoed(response).getJsonObject("headers"));
    assertThat(stacks.get(edge).metrics()).contains(counted(edge, "public"));
  }

  @ParameterizedTest
  @EnumSource
  void publicPath_withAnyKey_isNotHeldAgainstIt(Edge edge) {
    HttpResponse<String> response =
        client(edge).post(edge.base + "/status", "sluice_acme_wrong", new byte[10]);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonObject reached = echoed(response).getJsonObject("headers");
    assertNobody(reached);
    assertThat(reached.containsKey("authorization"))
        .as("behind an edge in full mode no key goes on")
        .isEqualTo(!edge.name().endsWith("FULL"));
  }

  /** A location of NGINX says the model itself; all else is said of somebody, or by the client. */
  private static void assertNobody(JsonObject headers) {
    assertThat(headers.getString("x-sluice-model", "Meta-Llama-3.3-70B-Instruct"))
        .isEqualTo("Meta-Llama-3.3-70B-Instruct");
    assertThat(headers.fieldNames())
        .filteredOn(name -> !name.equals("x-sluice-model"))
        .noneMatch(name -> name.startsWith("x-sluice-"));
  }

  static Stream<Arguments> tricks() {
    return Stream.of(
            "/docs",
            "/docsecret",
            "/status/",
            "/statusx",
            "/Status",
            "/docs/../chat/completions",
            "/docs/..;/chat/completions",
            "/docs/%2e%2e/chat/completions",
            "/docs/%252e%252e/chat/completions",
            "/docs/..%2fchat/completions",
            "/docs/..%5cchat/completions",
            "/docs/..\\chat/completions",
            "/docs/./../chat/completions",
            "/docs/a;b",
            "/chat/completions?x=/v1/docs/a",
            "/chat/completions?/../docs/",
            "/chat/completions/docs/a")
        .flatMap(path -> Stream.of(Edge.values()).map(edge -> Arguments.of(edge, path)));
  }

  /** An edge may refuse them itself, or redirect to what it reads in them; none gets further. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("tricks")
  void pathThatMerelyLooksPublic_needsAKey(Edge edge, String path) {
    int before = backend.requests();
    try (RawClient client = new RawClient(edges.get(edge).url())) {
      client.send(
          "POST %s%s HTTP/1.1\r\nHost: edge\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
              .formatted(edge.base, path));

      assertThat(client.readUntil("\r\n\r\n")).containsPattern("^HTTP/1.1 (?:40[014]|307)");
    }
    assertThat(backend.requests()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void preflight_withoutAKey_reachesTheUpstreamAsNobody(Edge edge) throws Exception {
    HttpResponse<String> response =
        options(
            edge,
            "Origin",
            "https://app.example.com",
            "Access-Control-Request-Method",
            "POST",
            "X-Sluice-User",
            "forged");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonObject reached = echoed(response).getJsonObject("headers");
    assertThat(reached.fieldNames()).contains("origin", "access-control-request-method");
    assertNobody(reached);
    assertThat(stacks.get(edge).metrics()).contains(counted(edge, "preflight"));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNoPreflight_needsAKey(Edge edge) throws Exception {
    String origin = "https://app.example.com";

    assertThat(options(edge, "Origin", origin).statusCode()).isEqualTo(401);
    assertThat(options(edge, "Access-Control-Request-Method", "POST").statusCode()).isEqualTo(401);
    assertThat(
            client(edge)
                .post(
                    edge.base + "/chat/completions",
                    "",
                    new byte[2],
                    "Origin",
                    origin,
                    "Access-Control-Request-Method",
                    "POST",
                    "X-HTTP-Method-Override",
                    "OPTIONS")
                .statusCode())
        .isEqualTo(401);
  }

  private static HttpResponse<String> options(Edge edge, String... headers) throws Exception {
    EdgeClient client = client(edge);
    HttpRequest request =
        client
            .request(edge.base + "/chat/completions", "", headers)
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .build();
    return client.http().send(request, BodyHandlers.ofString());
  }

  @Test
  void openPaths_areWhatTheyAreOnlyAtTheEdges() {
    Stack front = stacks.get(Edge.ENVOY);

    assertThat(
            front
                .send(
                    HttpRequest.newBuilder(URI.create(front.doors().gateway() + "/v1/docs/a"))
                        .build())
                .statusCode())
        .isEqualTo(404);
  }
}
