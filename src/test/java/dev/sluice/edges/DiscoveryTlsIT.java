package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.testing.Authority;
import dev.sluice.testing.LogLines;
import dev.sluice.testing.RateLimits;
import dev.sluice.xds.ConfigurationServer;
import dev.sluice.xds.RuleStream;
import dev.sluice.xds.proto.RateLimitUnit;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules from a server of configuration over TLS, by the environment of envoyproxy/ratelimit. */
class DiscoveryTlsIT {
  private static final Duration LATEST = Duration.ofSeconds(60);
  private static EmbeddedRedis redis;

  @TempDir private Path folder;
  private final Authority authority = new Authority("control plane");
  private final Map<String, String> environment = new HashMap<>();
  private final LogLines log = LogLines.warnings(RuleStream.class);

  @BeforeAll
  static void startRedis() {
    redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void environment() {
    Authority.write(folder, "client", authority.issue("sluice"));
    environment.putAll(RateLimits.environment(folder, redis.url()));
    environment.put("CONFIG_TYPE", "GRPC_XDS_SOTW");
    environment.put("CONFIG_GRPC_XDS_SERVER_USE_TLS", "true");
    environment.put(
        "CONFIG_GRPC_XDS_SERVER_TLS_CACERT", authority.write(file("ca.crt")).toString());
    environment.put("XDS_CLIENT_BACKOFF_INITIAL_INTERVAL", "200ms");
    environment.put("XDS_CLIENT_BACKOFF_MAX_INTERVAL", "500ms");
  }

  @AfterEach
  void close() {
    log.close();
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  /** A server with a certificate of this host, and of gateway.example. */
  private ConfigurationServer control(boolean mutual) throws SSLException {
    X509Bundle own =
        authority.issue(
            new CertificateBuilder().ecp256().addSanDnsName("gateway.example"),
            "control",
            Instant.now().plus(Duration.ofDays(1)));
    SslContextBuilder tls =
        GrpcSslContexts.configure(
            SslContextBuilder.forServer(own.getKeyPair().getPrivate(), own.getCertificatePath()));
    if (mutual) {
      tls.trustManager(authority.certificate()).clientAuth(ClientAuth.REQUIRE);
    }
    SslContext context = tls.build();
    ConfigurationServer control = new ConfigurationServer(0, Optional.of(context));
    environment.put("CONFIG_GRPC_XDS_SERVER_URL", "127.0.0.1:" + control.port());
    return control;
  }

  private void assertThatRulesCome(ConfigurationServer control, RateLimits limits) {
    assertThat(control.request().getNode().getId()).isEqualTo("default");
    control.send("1", ConfigurationServer.rule("safe", "year", RateLimitUnit.YEAR, 2));
    assertThat(limits.allowed("safe", folder.toString())).isEqualTo(2);
  }

  private void assertThatItIsSaid(String... words) {
    await().atMost(LATEST).until(() -> !log.lines().isEmpty());
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("the server of configuration at 127.0.0.1:")
        .contains(words)
        .doesNotContain("\n");
  }

  @Test
  void serverOfTheAuthority_isBelieved() throws Exception {
    try (ConfigurationServer control = control(false);
        RateLimits limits = RateLimits.start(environment)) {
      assertThatRulesCome(control, limits);
    }
  }

  @Test
  void certificateAndName_areShownAndAskedFor() throws Exception {
    environment.put("CONFIG_GRPC_XDS_CLIENT_TLS_CERT", file("client.crt").toString());
    environment.put("CONFIG_GRPC_XDS_CLIENT_TLS_KEY", file("client.key").toString());
    environment.put("CONFIG_GRPC_XDS_SERVER_TLS_SAN", "gateway.example");
    try (ConfigurationServer control = control(true);
        RateLimits limits = RateLimits.start(environment)) {
      assertThatRulesCome(control, limits);
    }
  }

  /** All that Envoy Gateway sets for the container of its rate limits, but for hosts and ports. */
  @Test
  void environmentOfEnvoyGateway_isServed_withItsRulesAndItsNamesOfMetrics() throws Exception {
    Path mapping =
        Files.writeString(
            file("conf.yaml"),
            """
            mappings:
              - match: "ratelimit.service.rate_limit.*.*.total_hits"
                name: "ratelimit_service_rate_limit_total_hits"
                timer_type: "histogram"
                labels:
                  domain: "$1"
                  key1: "$2"
              - match: "."
                match_type: "regex"
                action: "drop"
                name: "dropped"
            """);
    environment.putAll(
        Map.of(
            "RUNTIME_IGNOREDOTFILES", "true",
            "RUNTIME_WATCH_ROOT", "false",
            "LOG_LEVEL", "info",
            "CONFIG_GRPC_XDS_NODE_ID", "envoy-ratelimit",
            "FORCE_START_WITHOUT_INITIAL_CONFIG", "true",
            "USE_PROMETHEUS", "true",
            "PROMETHEUS_ADDR", "127.0.0.1:0",
            "PROMETHEUS_MAPPER_YAML", mapping.toString()));
    for (String tls : List.of("GRPC_SERVER", "CONFIG_GRPC_XDS_CLIENT")) {
      environment.put(tls + "_TLS_CERT", file("client.crt").toString());
      environment.put(tls + "_TLS_KEY", file("client.key").toString());
    }
    environment.put("GRPC_SERVER_USE_TLS", "true");
    environment.put("GRPC_SERVER_TLS_CA_CERT", file("ca.crt").toString());
    SslContext client = GrpcSslContexts.forClient().trustManager(authority.certificate()).build();
    try (ConfigurationServer control = control(true);
        RateLimits limits = RateLimits.start(environment, Optional.of(client))) {
      assertThat(control.request().getNode().getId()).isEqualTo("envoy-ratelimit");
      control.send("1", ConfigurationServer.rule("gateway", "year", RateLimitUnit.YEAR, 2));

      assertThat(limits.allowed("gateway", folder.toString())).isEqualTo(2);
      URI page = URI.create(limits.doors().metrics().orElseThrow() + "/metrics");
      String metrics =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      assertThat(metrics)
          .contains(
              "ratelimit_service_rate_limit_total_hits{domain=\"gateway\",key1=\"year\",} 3.0")
          .doesNotContain("ratelimit_service_config_load_success");
    }
  }

  @Test
  void serverOfAnotherName_isRefused_andTheLogNamesIt() throws Exception {
    environment.put("CONFIG_GRPC_XDS_SERVER_TLS_SAN", "other.example");
    try (ConfigurationServer control = control(false);
        RateLimits limits = RateLimits.start(environment)) {
      assertThatItIsSaid("other.example");
      assertThat(limits.failure("safe")).isEqualTo("UNKNOWN: no rate limit configuration loaded");
      assertThat(control.port()).isPositive();
    }
  }

  @Test
  void certificateThatTheServerMisses_isInTheLog() throws Exception {
    try (ConfigurationServer control = control(true);
        RateLimits limits = RateLimits.start(environment)) {
      assertThatItIsSaid("certificate");
      assertThat(limits.failure("safe")).isEqualTo("UNKNOWN: no rate limit configuration loaded");
      assertThat(control.port()).isPositive();
    }
  }

  @Test
  void serverOfAnUnknownAuthority_isRefused_untilTheFileHasIt() throws Exception {
    new Authority("another").write(file("ca.crt"));
    try (ConfigurationServer control = control(false);
        RateLimits limits = RateLimits.start(environment)) {
      assertThatItIsSaid("certification path");

      authority.write(file("ca.crt"));

      assertThatRulesCome(control, limits);
    }
  }
}
