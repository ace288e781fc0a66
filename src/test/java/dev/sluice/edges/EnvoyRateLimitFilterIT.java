package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.demo.RunningEdge;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.Authority;
import dev.sluice.testing.RateLimits;
import dev.sluice.testing.RedisProcess;
import io.netty.pkitesting.CertificateBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The server in the place of envoyproxy/ratelimit behind the rate limit filter of a real Envoy: one
 * Envoy with a filter, and a route, for each of the filter's settings.
 */
class EnvoyRateLimitFilterIT {
  private static final Duration LATEST = Duration.ofSeconds(60);
  private static final String YEAR = ";w=31536000";

  /** Of filters that are not about time. */
  private static final String PATIENT = "timeout: 30s";

  private static final String RULES =
      """
      domain: edge
      descriptors:
      - key: client
        rate_limit: {unit: year, requests_per_unit: 2}
      - key: tenant
        metadata: {plan: gold}
        rate_limit: {unit: year, requests_per_unit: 5, name: tenants}
      - key: trial
        shadow_mode: true
        rate_limit: {unit: year, requests_per_unit: 1}
      - key: quota
        quota_mode: true
        metadata: {route_to: quota}
        rate_limit: {unit: year, requests_per_unit: 1}
      - key: reserve
        quota_mode: true
        metadata: {route_to: reserve}
        rate_limit: {unit: year, requests_per_unit: 2}
      - key: plenty
        rate_limit: {unit: year, requests_per_unit: 1000000000}
      - key: bytes
        rate_limit: {unit: year, requests_per_unit: 100}
      """;

  /** Asked before the stream whether anything is left, and told after it what it took. */
  private static final String BYTES =
      "[{%1$s, hits_addend: {number: 0}}, {%1$s, hits_addend: {format: \"%%BYTES_SENT%%\"}, apply_on_stream_done: true}]"
          .formatted("actions: [{request_headers: {header_name: client, descriptor_key: bytes}}]");

  private static final String LIMIT_OF_METADATA =
      "[{actions: [{request_headers: {header_name: client, descriptor_key: client}}],"
          + " limit: {dynamic_metadata: {metadata_key: {key: authorizer, path: [{key: limit}]}}}}]";

  private static final String SECOND_STAGE =
      "[{stage: 1, actions: [{request_headers: {header_name: client, descriptor_key: client}}]}]";

  @TempDir private static Path folder;
  private static final List<AutoCloseable> open = new ArrayList<>();
  private static Map<String, String> environment = Map.of();
  private static RateLimits limits;
  private static RunningEdge envoy;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() throws Exception {
    RateLimits.write(folder, "edge.yaml", RULES);
    environment =
        RateLimits.environment(
            folder, opened(EmbeddedRedis.start(EmbeddedRedis.Options.inMemory())).url());
    limits = server("RESPONSE_DYNAMIC_METADATA", "true", "LIMIT_RESPONSE_HEADERS_ENABLED", "true");
    FilteringEnvoy filters = new FilteringEnvoy();
    filters
        .server("limits", limits.port())
        .filter("all", "limits", PATIENT, "enable_x_ratelimit_headers: DRAFT_VERSION_03")
        .filter(
            "bare",
            "limits",
            PATIENT,
            "rate_limited_status: {code: ServiceUnavailable}",
            "response_headers_to_add: [{header: {key: limited-by, value: sluice}}]",
            "disable_x_envoy_ratelimited_header: true")
        .filterBy(SECOND_STAGE, "second", "limits", PATIENT, "stage: 1")
        .filterPerRoute(BYTES, "bytes", "limits", PATIENT)
        .filterBy(
            LIMIT_OF_METADATA,
            "metadata",
            "limits",
            PATIENT,
            "enable_x_ratelimit_headers: DRAFT_VERSION_03");
    outages(filters);
    filters
        .server("quotas", server("QUOTA_MODE", "true").port())
        .filter("quotas", "quotas", PATIENT);
    filters
        .server("shadow", server("SHADOW_MODE", "true").port())
        .filter("shadow", "shadow", PATIENT);
    filters
        .server("aging", server("GRPC_MAX_CONNECTION_AGE", "1s").port())
        .filter("aging", "aging", PATIENT, "failure_mode_deny: true");
    encrypted(filters);
    checked(filters);
    envoy = opened(filters.start(folder.resolve("envoy")));
  }

  /** Servers that are away, or whose Redis is. */
  private static void outages(FilteringEnvoy filters) throws Exception {
    filters
        .server("away", RedisProcess.freePort())
        .filter("away", "away", PATIENT)
        .filter("away-deny", "away", PATIENT, "failure_mode_deny: true");
    Path home = Files.createDirectory(folder.resolve("redis"));
    RedisProcess killed = RedisProcess.start(home);
    for (String outage : List.of("error", "open", "closed", "share")) {
      int port = server("REDIS_URL", killed.address(), "SLUICE_RATE_LIMIT_OUTAGE", outage).port();
      filters
          .server(outage, port)
          .filter(outage, outage, PATIENT)
          .filter(outage + "-deny", outage, PATIENT, "failure_mode_deny: true");
    }
    killed.kill();
    RedisProcess stopped = opened(RedisProcess.start(home));
    int port = server("REDIS_URL", stopped.address(), "SLUICE_RATE_LIMIT_TIMEOUT", "15ms").port();
    stopped.signal("STOP");
    filters
        .server("stopped", port)
        .filter("stopped", "stopped")
        .filter("stopped-deny", "stopped", PATIENT, "failure_mode_deny: true");
  }

  /** Each side has a certificate of an authority that only they know. */
  private static void encrypted(FilteringEnvoy filters) throws Exception {
    Authority authority = new Authority("private");
    String root = authority.write(folder.resolve("root.crt")).toString();
    Authority.write(folder, "server", authority.issue("server"));
    CertificateBuilder named = new CertificateBuilder().ecp256().addSanDnsName("envoy.example");
    Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
    Authority.write(folder, "envoy", authority.issue(named, "envoy", tomorrow));
    Authority.write(folder, "other", authority.issue("other"));
    int port =
        server(
                "GRPC_SERVER_USE_TLS",
                "true",
                "GRPC_SERVER_TLS_CERT",
                folder.resolve("server.crt").toString(),
                "GRPC_SERVER_TLS_KEY",
                folder.resolve("server.key").toString(),
                "GRPC_CLIENT_TLS_CACERT",
                root,
                "GRPC_CLIENT_TLS_SAN",
                "envoy.example")
            .port();
    String tls =
        """
        transport_socket: {name: tls, typed_config: {"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, common_tls_context: {alpn_protocols: [h2], %s validation_context: {trusted_ca: {filename: "%s"}, match_typed_subject_alt_names: [{san_type: IP_ADDRESS, matcher: {exact: 127.0.0.1}}]}}}}
        """;
    for (String client : List.of("envoy", "other")) {
      String shown =
          "tls_certificates: [{certificate_chain: {filename: \"%s\"}, private_key: {filename: \"%s\"}}],"
              .formatted(folder.resolve(client + ".crt"), folder.resolve(client + ".key"));
      filters
          .server(client, port, tls.formatted(shown, root).strip())
          .filter(client, client, PATIENT, "failure_mode_deny: true");
    }
    filters
        .server("nobody", port, tls.formatted("", root).strip())
        .filter("nobody", "nobody", PATIENT, "failure_mode_deny: true");
  }

  /** A server that is asked for its health, and has no rules yet. */
  private static void checked(FilteringEnvoy filters) throws Exception {
    Path root = Files.createDirectory(folder.resolve("later"));
    int port =
        server("RUNTIME_ROOT", root.toString(), "HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED", "true")
            .port();
    filters
        .server(
            "later",
            port,
            "common_lb_config: {healthy_panic_threshold: {value: 0}}",
            "health_checks: [{timeout: 5s, interval: 0.1s, no_traffic_interval: 0.1s,"
                + " unhealthy_threshold: 1, healthy_threshold: 1,"
                + " grpc_health_check: {service_name: ratelimit}}]")
        .filter("later", "later", PATIENT, "failure_mode_deny: true");
  }

  private static RateLimits server(String... more) throws Exception {
    Map<String, String> its = new HashMap<>(environment);
    for (int i = 0; i < more.length; i += 2) {
      its.put(more[i], more[i + 1]);
    }
    return opened(RateLimits.start(its));
  }

  private static <T extends AutoCloseable> T opened(T opened) {
    open.add(0, opened);
    return opened;
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private HttpResponse<String> get(String filter, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(envoy.url() + "/" + filter));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request.build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("none");
  }

  /** A counter or gauge of Envoy's. */
  private long stat(String name) {
    URI url = URI.create(envoy.admin().orElseThrow() + "/stats?filter=%5E" + name + "$");
    String line = send(HttpRequest.newBuilder(url).build()).body().strip();
    return line.isEmpty() ? 0 : Long.parseLong(line.replaceFirst(".*: ", ""));
  }

  @Test
  void xRateLimitHeaders_tellOfTheTightestDescriptor_andComeFromTheServersAnswer() {
    HttpResponse<String> first = get("all", "client", "headers", "tenant", "headers");
    get("all", "client", "headers", "tenant", "headers");
    HttpResponse<String> refused = get("all", "client", "headers", "tenant", "headers");

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(header(first, "x-ratelimit-limit"))
        .isEqualTo("2, 2" + YEAR + ", 5" + YEAR + ";name=\"tenants\"");
    assertThat(header(first, "x-ratelimit-remaining")).isEqualTo("1");
    assertThat(Long.parseLong(header(first, "x-ratelimit-reset"))).isBetween(0L, 31_536_000L);
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(header(refused, "x-ratelimit-remaining")).isEqualTo("0");
    assertThat(header(refused, "x-envoy-ratelimited")).isEqualTo("true");
  }

  @Test
  void responseHeadersOfTheServer_areGivenToTheClient_whetherItPassesOrNot() {
    HttpResponse<String> passed = get("bare", "tenant", "own-headers");
    get("bare", "client", "own-headers");
    get("bare", "client", "own-headers");
    HttpResponse<String> refused = get("bare", "client", "own-headers");

    assertThat(header(passed, "ratelimit-limit")).isEqualTo("5");
    assertThat(header(passed, "ratelimit-remaining")).isEqualTo("4");
    assertThat(header(passed, "x-ratelimit-limit")).isEqualTo("none");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(header(refused, "ratelimit-limit")).isEqualTo("2");
    assertThat(header(refused, "ratelimit-remaining")).isEqualTo("0");
    assertThat(header(refused, "limited-by")).isEqualTo("sluice");
    assertThat(header(refused, "x-envoy-ratelimited")).isEqualTo("none");
  }

  @Test
  void requestWithoutADescriptor_orWithoutALimit_passes_withoutHeaders() {
    for (HttpResponse<String> response :
        List.of(get("all"), get("metadata", "tenant", "not a descriptor of this route"))) {
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(header(response, "x-ratelimit-limit")).isEqualTo("none");
      assertThat(header(response, "ratelimit-limit")).isEqualTo("none");
    }
  }

  @Test
  void filterOfAnotherStage_asksForItsDescriptorsOnly() {
    assertThat(get("second", "client", "staged").statusCode()).isEqualTo(200);
    assertThat(get("second", "client", "staged").statusCode()).isEqualTo(200);
    assertThat(get("second", "client", "staged").statusCode()).isEqualTo(429);
  }

  @Test
  void whatAStreamHasTaken_isCountedWhenItIsDone_andTheNextIsRefused() {
    for (int taken = 40; taken <= 120; taken += 40) {
      assertThat(get("bytes", "client", "streams").statusCode()).isEqualTo(200);
      String counted = "ratelimit.service.rate_limit.edge.bytes.total_hits: " + taken + "\n";
      await().atMost(LATEST).untilAsserted(() -> assertThat(limits.stats()).contains(counted));
    }

    assertThat(get("bytes", "client", "streams").statusCode()).isEqualTo(429);
    assertThat(get("bytes", "client", "another").statusCode()).isEqualTo(200);
  }

  @Test
  void limitOfDynamicMetadata_holdsInPlaceOfTheRules() {
    List<HttpResponse<String>> responses = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      responses.add(get("metadata", "client", "overridden"));
    }

    assertThat(header(responses.get(0), "x-ratelimit-limit")).isEqualTo("5, 5" + YEAR);
    assertThat(responses)
        .extracting(HttpResponse::statusCode)
        .containsExactly(200, 200, 200, 200, 200, 429);
  }

  @Test
  void shadowedRule_letsAllPass_withNothingRemaining() {
    get("all", "trial", "shadowed");
    HttpResponse<String> over = get("all", "trial", "shadowed");

    assertThat(over.statusCode()).isEqualTo(200);
    assertThat(header(over, "x-ratelimit-remaining")).isEqualTo("0");
  }

  @Test
  void globalShadowMode_letsAllPass() {
    for (int i = 0; i < 4; i++) {
      assertThat(get("shadow", "client", "shadowed").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void quotas_refuseWhenAllAreUsedUp_andTheAccessLogSaysWhichIsLeft() {
    get("all", "quota", "a", "reserve", "a", "x-request-id", "quota-1");
    assertThat(get("all", "quota", "a", "reserve", "a", "x-request-id", "quota-2").statusCode())
        .isEqualTo(200);
    assertThat(get("all", "quota", "a", "reserve", "a", "x-request-id", "quota-3").statusCode())
        .isEqualTo(429);

    assertThat(logged("quota-1")).contains("\"route_to\":\"quota\"");
    assertThat(logged("quota-2")).contains("\"route_to\":\"reserve\"");
    assertThat(logged("quota-3")).doesNotContain("route_to");
  }

  @Test
  void globalQuotaMode_makesQuotasOfOrdinaryRules() {
    get("quotas", "client", "q", "tenant", "q");
    get("quotas", "client", "q", "tenant", "q");

    assertThat(get("quotas", "client", "q", "tenant", "q").statusCode()).isEqualTo(200);
    assertThat(get("quotas", "client", "q").statusCode()).isEqualTo(429);
  }

  @Test
  void dynamicMetadata_ofTheRequestAndItsRules_standsInTheAccessLog() {
    get("all", "tenant", "logged", "x-request-id", "logged-1");

    assertThat(logged("logged-1"))
        .contains("\"domain\":\"edge\"", "\"tenant=logged\"", "\"plan\":\"gold\"");
  }

  /** Its line of the access log, which comes a while after the answer. */
  private static String logged(String request) {
    return await()
        .atMost(LATEST)
        .until(
            () ->
                Files.readAllLines(envoy.log()).stream()
                    .filter(line -> line.contains("\"request\":\"" + request + "\""))
                    .findFirst()
                    .orElse(""),
            line -> !line.isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "away, 200 200 200",
    "away-deny, 500 500 500",
    "error, 200 200 200",
    "error-deny, 500 500 500",
    "open, 200 200 200",
    "open-deny, 200 200 200",
    "closed, 429 429 429",
    "closed-deny, 429 429 429",
    "share, 200 200 429",
    "share-deny, 200 200 429",
  })
  void outage_isAnsweredByItsPolicy_andByTheFilterWhereThereIsNoAnswer(
      String filter, String expected) {
    List<String> statuses = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      statuses.add(Integer.toString(get(filter, "client", filter).statusCode()));
    }

    assertThat(String.join(" ", statuses)).isEqualTo(expected);
  }

  /** Envoy waits 20 ms, or here 30 s; Redis never answers, and the server has 15 ms for it. */
  @ParameterizedTest
  @CsvSource({"stopped, 200", "stopped-deny, 500"})
  void redisThatHangs_doesNotHoldUpAnyRequest(String filter, int status) {
    for (int i = 0; i < 20; i++) {
      long started = System.nanoTime();

      assertThat(get(filter, "client", "hanging").statusCode()).isEqualTo(status);
      assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
    }
  }

  @Test
  void mutualTls_letsAnEnvoyOfTheNameAsk_andNoOther() {
    assertThat(get("envoy", "client", "known").statusCode()).isEqualTo(200);
    assertThat(get("envoy", "client", "known").statusCode()).isEqualTo(200);
    assertThat(get("envoy", "client", "known").statusCode()).isEqualTo(429);
    assertThat(get("other", "client", "of another name").statusCode()).isEqualTo(500);
    assertThat(get("nobody", "client", "without a certificate").statusCode()).isEqualTo(500);
  }

  @Test
  void healthByGrpc_keepsEnvoyAway_untilThereAreRules() throws Exception {
    await().atMost(LATEST).until(() -> stat("cluster.later.health_check.failure") > 0);
    assertThat(stat("cluster.later.membership_healthy")).isZero();
    assertThat(get("later", "client", "checked").statusCode()).isEqualTo(500);

    RateLimits.write(folder.resolve("later"), "edge.yaml", RULES);

    await().atMost(LATEST).until(() -> stat("cluster.later.membership_healthy") == 1);
    assertThat(get("later", "client", "checked").statusCode()).isEqualTo(200);
  }

  @Test
  void connectionsThatAreClosedForTheirAge_failNoRequest() throws Exception {
    Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    AtomicBoolean stopped = new AtomicBoolean();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread client =
          new Thread(
              () -> {
                while (!stopped.get()) {
                  statuses.merge(get("aging", "plenty", "x").statusCode(), 1, Integer::sum);
                }
              });
      clients.add(client);
      client.start();
    }

    await().atMost(LATEST).until(() -> stat("cluster.aging.upstream_cx_total") > 6);
    stopped.set(true);
    for (Thread client : clients) {
      client.join();
    }

    assertThat(statuses).containsOnlyKeys(200);
  }
}
