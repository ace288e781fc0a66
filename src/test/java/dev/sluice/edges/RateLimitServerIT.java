package dev.sluice.edges;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.sluice.CannotStart;
import dev.sluice.RateLimitServer;
import dev.sluice.config.RateLimitEnvironment;
import dev.sluice.config.RateLimitServerConfig;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.Authority;
import dev.sluice.testing.LogLines;
import dev.sluice.testing.RateLimits;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.StatsdServer;
import dev.sluice.testing.Wire;
import dev.sluice.xds.ConfigurationServer;
import dev.sluice.xds.proto.RateLimitUnit;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.GrpcSslContexts;
import io.lettuce.core.RedisClient;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server by the environment of envoyproxy/ratelimit, with its files and a real Redis. */
class RateLimitServerIT {
  private static final int YEAR = 365 * 24 * 3600;

  private static final String RESPONSE_TIME =
      "ratelimit_server\\.ShouldRateLimit\\.response_time:[0-9]+\\.[0-9]{3}\\|ms";

  private static EmbeddedRedis redis;

  @TempDir private Path folder;
  private Path rules;
  private final Map<String, String> environment = new HashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void startRedis() {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void environment() throws IOException {
    rules = Files.createDirectories(folder.resolve("ratelimit/config"));
    environment.putAll(RateLimits.environment(folder, redis.url()));
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private RateLimits start() throws Exception {
    return start(Optional.empty());
  }

  private RateLimits start(Optional<SslContext> tls) throws Exception {
    RateLimits started = RateLimits.start(environment, tls);
    open.add(started);
    return started;
  }

  private HttpResponse<String> get(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).build());
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

  private void write(String file, String text) throws IOException {
    RateLimits.write(folder, file, text);
  }

  @Test
  void counterOfTheReference_isCountedOn_byGrpcAndByJson() throws Exception {
    write("a.yaml", RateLimits.rule("rolling_change", 3));
    long window = System.currentTimeMillis() / 1000 / YEAR * YEAR;
    String key = "rolling_change_year_a_" + window;
    try (RedisClient client = RedisClient.create(redis.url())) {
      // As the other server, which still runs, has left it.
      client.connect().sync().set(key, "1");
      RateLimits running = start();

      Code byGrpc = running.ask("rolling_change", "a");
      String url = running.doors().http() + "/json";
      String body =
          "{\"domain\":\"rolling_change\","
              + "\"descriptors\":[{\"entries\":[{\"key\":\"year\",\"value\":\"a\"}]}]}";
      HttpRequest post =
          HttpRequest.newBuilder(URI.create(url))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();

      assertThat(byGrpc).isEqualTo(Code.OK);
      assertThat(send(post).statusCode()).isEqualTo(200);
      assertThat(send(post).statusCode()).isEqualTo(429);
      assertThat(client.connect().sync().get(key)).isEqualTo("4");
    }
  }

  @Test
  void debugDoor_showsTheRulesAndWhatTheyCounted() throws Exception {
    write("a.yaml", RateLimits.rule("shown", 2));
    RateLimits running = start();

    running.allowed("shown", "a");

    String debug = running.doors().debug();
    assertThat(get(debug + "/").body())
        .contains("/rlconfig: ", "/stats: ")
        .doesNotContain("/queue");
    assertThat(get(debug + "/rlconfig").body())
        .isEqualTo(
            "shown.year: unit=YEAR requests_per_unit=2, shadow_mode: false, quota_mode: false\n");
    assertThat(running.stats())
        .contains(
            "ratelimit.service.rate_limit.shown.year.total_hits: 3\n",
            "ratelimit.service.rate_limit.shown.year.over_limit: 1\n",
            "ratelimit.service.config_load_success: 1\n");
    assertThat(running.doors().metrics()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "POST"})
  void healthcheck_isAnswered_byWhateverMethodItIsAskedFor(String method) throws Exception {
    write("a.yaml", RateLimits.rule("healthy", 1));
    URI healthcheck = URI.create(start().doors().http() + "/healthcheck");

    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(healthcheck)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build());

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void noUsableRules_areAnError_untilTheyAreCorrected() throws Exception {
    write("a.yaml", "domain: first\ndescriptors:\n- key: ''\n");
    environment.put("HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED", "true");
    RateLimits running = start();
    String healthcheck = running.doors().http() + "/healthcheck";

    assertThat(running.failure("first")).isEqualTo("UNKNOWN: no rate limit configuration loaded");
    assertThat(get(running.doors().debug() + "/rlconfig").body())
        .isEqualTo("no rate limit configuration loaded\n");
    assertThat(running.health()).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(get(healthcheck).statusCode()).isEqualTo(500);

    write("a.yaml", RateLimits.rule("first", 1));

    Awaitility.await().until(running::health, ServingStatus.SERVING::equals);
    assertThat(get(healthcheck).body()).isEqualTo("OK");
    assertThat(running.allowed("first", "a")).isEqualTo(1);
  }

  @Test
  void badChange_leavesTheOldRules_andIsCounted_untilItIsCorrected() throws Exception {
    write("a.yaml", RateLimits.rule("edited", 1));
    RateLimits running = start();

    write("a.yaml", "domain: edited\nratelimit: 5\n");

    Awaitility.await()
        .untilAsserted(
            () -> assertThat(running.stats()).contains("ratelimit.service.config_load_error: 1\n"));
    assertThat(running.allowed("edited", "a")).isEqualTo(1);

    write("a.yaml", RateLimits.rule("edited", 5));

    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(running.stats()).contains("ratelimit.service.config_load_success: 2\n"));
    assertThat(running.allowed("edited", "b")).isEqualTo(5);
  }

  @Test
  void rootThatIsAMovedLink_isFollowed() throws Exception {
    for (String version : List.of("1", "2")) {
      Path config = Files.createDirectories(folder.resolve(version + "/ratelimit/config"));
      Files.writeString(config.resolve("a.yaml"), RateLimits.rule("moved" + version, 1));
    }
    Path current = Files.createSymbolicLink(folder.resolve("current"), Path.of("1"));
    environment.put("RUNTIME_ROOT", current.toString());
    RateLimits running = start();
    assertThat(running.allowed("moved1", "a")).isEqualTo(1);

    Path next = Files.createSymbolicLink(folder.resolve("next"), Path.of("2"));
    Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);

    Awaitility.await()
        .untilAsserted(() -> assertThat(running.stats()).contains("config_load_success: 2\n"));
    assertThat(running.allowed("moved2", "a")).isEqualTo(1);
  }

  @Test
  void configMapOfKubernetes_isReadOnce_andFollowed() throws Exception {
    for (String version : List.of("..2026_1", "..2026_2")) {
      Files.writeString(
          Files.createDirectory(rules.resolve(version)).resolve("a.yaml"),
          RateLimits.rule("mapped" + version.substring(7), 1));
    }
    Path data = Files.createSymbolicLink(rules.resolve("..data"), Path.of("..2026_1"));
    Files.createSymbolicLink(rules.resolve("a.yaml"), Path.of("..data/a.yaml"));
    environment.put("RUNTIME_WATCH_ROOT", "false");
    RateLimits running = start();
    assertThat(running.allowed("mapped1", "a")).isEqualTo(1);

    Path next = Files.createSymbolicLink(rules.resolve("..data_tmp"), Path.of("..2026_2"));
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);

    Awaitility.await()
        .untilAsserted(() -> assertThat(running.stats()).contains("config_load_success: 2\n"));
    assertThat(running.allowed("mapped2", "a")).isEqualTo(1);
  }

  @Test
  void serverOfConfiguration_isAsked_insteadOfFiles() throws Exception {
    try (ConfigurationServer control = new ConfigurationServer(0)) {
      environment.put("CONFIG_TYPE", "GRPC_XDS_SOTW");
      environment.put("CONFIG_GRPC_XDS_SERVER_URL", "127.0.0.1:" + control.port());
      environment.put("CONFIG_GRPC_XDS_NODE_ID", "edge-1");
      environment.put("HEALTHY_WITH_AT_LEAST_ONE_CONFIG_LOADED", "true");
      RateLimits running = start();

      assertThat(control.request().getNode().getId()).isEqualTo("edge-1");
      assertThat(running.failure("told")).isEqualTo("UNKNOWN: no rate limit configuration loaded");
      assertThat(running.health()).isEqualTo(ServingStatus.NOT_SERVING);

      control.send("1", ConfigurationServer.rule("told", "year", RateLimitUnit.YEAR, 2));

      Awaitility.await().until(running::health, ServingStatus.SERVING::equals);
      assertThat(running.allowed("told", "a")).isEqualTo(2);
      assertThat(running.stats()).contains("ratelimit.service.config_load_success: 1\n");
    }
  }

  @Test
  void portThatIsTaken_isNamed_withWhatToDo() throws Exception {
    String taken = start().doors().grpc();
    environment.put("GRPC_PORT", taken.substring(taken.indexOf(':') + 1));
    RateLimitServerConfig settings = new RateLimitEnvironment(environment).read();

    assertThatThrownBy(() -> RateLimitServer.start(settings))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("the grpc door cannot listen on " + taken)
        .hasMessageEndingWith("Set GRPC_PORT to another one.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GRPC_HOST", "HOST", "DEBUG_HOST"})
  void hostThatIsNotKnown_isNamed_withItsVariable(String variable) throws Exception {
    environment.put(variable, "nowhere.invalid");
    // Nothing listens there, as the host comes first.
    environment.put(variable.replace("HOST", "PORT"), "20001");
    RateLimitServerConfig settings = new RateLimitEnvironment(environment).read();

    assertThatThrownBy(() -> RateLimitServer.start(settings))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("no address of the host nowhere.invalid is known")
        .hasMessageContaining("Set " + variable + " to");
  }

  @Test
  void redisIsFartherThanItsTimeout_isSaidAtTheStart_withTheSetting() throws Exception {
    try (Wire wire = new Wire(URI.create(redis.url()).getPort());
        LogLines log = LogLines.warnings("dev.sluice.RedisDistance")) {
      wire.lengthen(Duration.ofMillis(30));
      environment.put("REDIS_URL", wire.url().replace("redis://", ""));
      environment.put("SLUICE_RATE_LIMIT_TIMEOUT", "15ms");

      start();

      assertThat(log.lines())
          .singleElement(STRING)
          .containsPattern("Redis at redis://127.0.0.1:\\d+ answers within \\d+\\.\\d ms at best")
          .contains("rateLimit.timeout (SLUICE_RATE_LIMIT_TIMEOUT) is 15 ms");
    }
  }

  @Test
  void redisIsNear_nothingIsSaidOfIt() throws Exception {
    try (LogLines log = LogLines.warnings("dev.sluice.RedisDistance")) {
      start();

      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void statsd_getsWhatIsCounted() throws Exception {
    write("a.yaml", RateLimits.rule("sent", 2));
    try (StatsdServer statsd = StatsdServer.at(0)) {
      environment.put("USE_STATSD", "true");
      environment.put("STATSD_HOST", "127.0.0.1");
      environment.put("STATSD_PORT", Integer.toString(statsd.port()));
      environment.put("STATS_FLUSH_INTERVAL", "100ms");
      RateLimits running = start();

      running.allowed("sent", "a");

      Awaitility.await()
          .untilAsserted(
              () -> {
                assertThat(statsd.sum("sent.year.total_hits")).isEqualTo(3);
                assertThat(statsd.sum("sent.year.within_limit")).isEqualTo(2);
                // One for each of the three requests.
                assertThat(statsd.lines())
                    .filteredOn(line -> line.matches(RESPONSE_TIME))
                    .hasSize(3);
              });
    }
  }

  @Test
  void prometheus_hasItsPortAndPath_whenItIsAskedFor() throws Exception {
    write("a.yaml", RateLimits.rule("scraped", 2));
    environment.put("USE_PROMETHEUS", "true");
    environment.put("PROMETHEUS_ADDR", "127.0.0.1:0");
    environment.put("PROMETHEUS_PATH", "/stats/prometheus");
    RateLimits running = start();

    running.allowed("scraped", "a");

    String url = running.doors().metrics().orElseThrow();
    assertThat(get(url + "/stats/prometheus").body())
        .contains(
            "ratelimit_service_rate_limit_total_hits{domain=\"scraped\",key1=\"year\",key2=\"\",} 3.0",
            "ratelimit_service_config_load_success 1.0",
            "ratelimit_service_config_load_error 0.0");
  }

  @Test
  void clientThatResetsItsConnection_whileItsBodyComes_isNoErrorOfTheServer() throws Exception {
    write("a.yaml", RateLimits.rule("reset", 2));
    environment.put("USE_PROMETHEUS", "true");
    environment.put("PROMETHEUS_ADDR", "127.0.0.1:0");
    RateLimits running = start();
    String metrics = running.doors().metrics().orElseThrow() + "/metrics";
    URI json = URI.create(running.doors().http());

    try (LogLines log = LogLines.warnings("dev.sluice.edge")) {
      try (Socket socket = new Socket(json.getHost(), json.getPort())) {
        socket
            .getOutputStream()
            .write("POST /json HTTP/1.1\r\nhost: a\r\ncontent-length: 77\r\n\r\n{".getBytes(UTF_8));
        Awaitility.await()
            .until(() -> get(metrics).body().contains("sluice_body_bytes{door=\"http\",} 77.0"));
        socket.setSoLinger(true, 0);
      }
      Awaitility.await()
          .until(() -> get(metrics).body().contains("sluice_body_bytes{door=\"http\",} 0.0"));
      assertThat(running.allowed("reset", "a")).isEqualTo(2);
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void requestWithoutAHostOrAPath_isRefused_andIsNoErrorOfTheServer() throws Exception {
    write("a.yaml", RateLimits.rule("hostless", 2));
    environment.put("USE_PROMETHEUS", "true");
    environment.put("PROMETHEUS_ADDR", "127.0.0.1:0");
    RateLimits running = start();

    try (LogLines log = LogLines.warnings("io.vertx")) {
      for (String door :
          List.of(
              running.doors().http(),
              running.doors().debug(),
              running.doors().metrics().orElseThrow())) {
        try (RawClient client = new RawClient(door)) {
          assertThat(client.send("GET / HTTP/1.1\r\n\r\n").readUntil("\r\n\r\n"))
              .startsWith("HTTP/1.1 400");
        }
        try (RawClient client = new RawClient(door)) {
          String noPath = "GET x HTTP/1.1\r\nhost: a\r\n\r\n";
          assertThat(client.send(noPath).readUntil("\r\n\r\n")).startsWith("HTTP/1.1 40");
        }
      }
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void redisAway_isAHealthyServer_unlessItIsToBeAskedFor() throws Exception {
    write("a.yaml", RateLimits.rule("away", 2));
    environment.put("REDIS_URL", "127.0.0.1:1");
    environment.put("SLUICE_RATE_LIMIT_TIMEOUT", "200ms");
    RateLimits indifferent = start();
    environment.put("REDIS_HEALTH_CHECK_ACTIVE_CONNECTION", "true");
    RateLimits strict = start();

    assertThat(get(indifferent.doors().http() + "/healthcheck").statusCode()).isEqualTo(200);
    assertThat(indifferent.health()).isEqualTo(ServingStatus.SERVING);
    assertThat(indifferent.failure("away")).startsWith("UNKNOWN: ");
    assertThat(get(strict.doors().http() + "/healthcheck").statusCode()).isEqualTo(500);
    assertThat(strict.health()).isEqualTo(ServingStatus.NOT_SERVING);
  }

  @Test
  void grpc_speaksTls_withTheFilesOfTheEnvironment() throws Exception {
    write("a.yaml", RateLimits.rule("safe", 1));
    Authority authority = new Authority("edge");
    Authority.write(folder, "server", authority.issue("server"));
    environment.put("GRPC_SERVER_USE_TLS", "true");
    environment.put("GRPC_SERVER_TLS_CERT", folder.resolve("server.crt").toString());
    environment.put("GRPC_SERVER_TLS_KEY", folder.resolve("server.key").toString());
    Path root = authority.write(folder.resolve("root.crt"));
    RateLimits running =
        start(Optional.of(GrpcSslContexts.forClient().trustManager(root.toFile()).build()));

    assertThat(running.allowed("safe", "a")).isEqualTo(1);
  }
}
