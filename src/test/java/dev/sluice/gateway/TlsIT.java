package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.demo.SimulatedBackendOptions;
import dev.sluice.testing.Authority;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.Stack;
import dev.sluice.testing.TlsClient;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext;
import io.envoyproxy.envoy.service.auth.v3.AttributeContext.HttpRequest;
import io.envoyproxy.envoy.service.auth.v3.AuthorizationGrpc;
import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server whose every door speaks TLS, that of gRPC to known clients only. */
final class TlsIT {
  private static final String VENDOR =
      """
      bundles:
        bundleDeploymentSpecs:
        - {name: bd-x, groups: [{name: default, qosList: [web]}]}
      serviceTiers:
        web:
        - models: [m]
      """;

  private static final Authority AUTHORITY = new Authority("servers");
  private static final Authority CLIENTS = new Authority("clients");

  @TempDir private static Path folder;
  private static Optional<Stack> started = Optional.empty();

  @BeforeAll
  static void start() {
    for (String name : List.of("public", "edge")) {
      Authority.write(folder, name, AUTHORITY.issue("first"));
    }
    CLIENTS.write(folder.resolve("clients.crt"));
    started =
        Optional.of(
            new Stack(
                folder,
                VENDOR,
                """
                gateway: {host: 127.0.0.1, port: 0, headTimeout: 1s, tls: {certificate: public.crt, key: public.key}}
                grpc: {host: 127.0.0.1, port: 0, tls: {certificate: edge.crt, key: edge.key, clientCertificates: clients.crt}}
                http: {host: 127.0.0.1, port: 0, tls: {certificate: edge.crt, key: edge.key}}
                metrics: {host: 127.0.0.1, port: 0, tls: {certificate: edge.crt, key: edge.key}}
                debug: {port: 0, tls: {certificate: edge.crt, key: edge.key, clientCertificates: clients.crt}}
                """,
                List.of(SimulatedBackendOptions.of("bd-x", List.of("m")))));
  }

  @AfterAll
  static void stop() {
    started.ifPresent(Stack::close);
  }

  private static Stack stack() {
    return started.orElseThrow();
  }

  private static HttpClient client(SSLContext context) {
    return HttpClient.newBuilder().sslContext(context).build();
  }

  private static HttpResponse<String> get(HttpClient client, String url, String... headers)
      throws Exception {
    java.net.http.HttpRequest.Builder request =
        java.net.http.HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void gateway_answersOverHttps_inHttp1() throws Exception {
    assertThat(stack().doors().gateway()).startsWith("https://127.0.0.1:");

    HttpResponse<String> answer =
        client(AUTHORITY.client())
            .send(
                stack()
                    .request("/v1/chat/completions", stack().key("bob", "web"))
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(Stack.body("m")))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(answer.body()).contains("chat.completion");
  }

  @Test
  void http_metricsAndDebug_answerOverHttps() throws Exception {
    HttpClient anybody = client(AUTHORITY.client());
    String key = stack().key("carol", "web");

    assertThat(
            get(anybody, stack().doors().http() + "/auth", "Authorization", "Bearer " + key)
                .statusCode())
        .isEqualTo(200);
    assertThat(get(anybody, stack().doors().http() + "/auth").statusCode()).isEqualTo(401);
    assertThat(get(anybody, stack().doors().metrics() + "/ready").statusCode()).isEqualTo(200);
    assertThat(get(anybody, stack().doors().metrics() + "/metrics").body())
        .contains(
            "sluice_tls_certificate_expiry_timestamp_seconds{door=\"gateway\",}",
            "sluice_tls_certificate_expiry_timestamp_seconds{door=\"grpc\",}",
            "sluice_tls_files_refused{door=\"debug\",} 0.0");
    assertThatThrownBy(() -> get(anybody, stack().doors().debug() + "/config"))
        .isInstanceOf(java.io.IOException.class);
    HttpClient known = client(AUTHORITY.client(CLIENTS.issue("operator")));
    assertThat(get(known, stack().doors().debug() + "/config").statusCode()).isEqualTo(200);
  }

  private static CheckResponse check(String key, Optional<X509Bundle> own) throws Exception {
    ManagedChannel channel = channel(own);
    try {
      return check(key, channel);
    } finally {
      channel.shutdownNow();
    }
  }

  private static ManagedChannel channel(Optional<X509Bundle> own) throws Exception {
    SslContextBuilder tls =
        GrpcSslContexts.forClient().trustManager(folder.resolve("servers.crt").toFile());
    if (own.isPresent()) {
      tls.keyManager(own.get().getKeyPair().getPrivate(), own.get().getCertificatePath());
    }
    return NettyChannelBuilder.forTarget(stack().doors().grpc()).sslContext(tls.build()).build();
  }

  private static CheckResponse check(String key, ManagedChannel channel) {
    HttpRequest.Builder http =
        HttpRequest.newBuilder()
            .setMethod("POST")
            .setPath("/v1/chat/completions")
            .putHeaders("authorization", "Bearer " + key);
    return AuthorizationGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .check(
            CheckRequest.newBuilder()
                .setAttributes(
                    AttributeContext.newBuilder()
                        .setRequest(AttributeContext.Request.newBuilder().setHttp(http)))
                .build());
  }

  @Test
  void grpc_answersThoseWithACertificateOfTheRightAuthority() throws Exception {
    AUTHORITY.write(folder.resolve("servers.crt"));
    String key = stack().key("dave", "web");

    assertThat(check(key, Optional.of(CLIENTS.issue("envoy"))).getStatus().getCode()).isZero();
    for (Optional<X509Bundle> wrong :
        List.of(Optional.<X509Bundle>empty(), Optional.of(AUTHORITY.issue("envoy")))) {
      assertThatThrownBy(() -> check(key, wrong))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              refused ->
                  assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }
  }

  @Test
  void grpc_aClientThatNeverShakesHands_isClosed() {
    long start = System.nanoTime();
    try (RawClient silent = new RawClient("http://" + stack().doors().grpc())) {
      silent.readToEnd();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
  }

  @Test
  void newFiles_areTakenWhileItRuns_atAllDoorsThatNameThem() throws Exception {
    SSLContext known = AUTHORITY.client(CLIENTS.issue("operator"));
    List<Integer> ports =
        List.of(
            URI.create("//" + stack().doors().grpc()).getPort(),
            URI.create(stack().doors().http()).getPort(),
            URI.create(stack().doors().metrics()).getPort(),
            URI.create(stack().doors().debug()).getPort());

    AUTHORITY.write(folder.resolve("servers.crt"));
    ManagedChannel open = channel(Optional.of(CLIENTS.issue("envoy")));
    String key = stack().key("erin", "web");
    assertThat(check(key, open).getStatus().getCode()).isZero();
    AtomicInteger changes = new AtomicInteger();
    open.notifyWhenStateChanged(ConnectivityState.READY, changes::incrementAndGet);

    Authority.write(folder, "edge", AUTHORITY.issue("second"));

    for (int port : ports) {
      Awaitility.await()
          .untilAsserted(
              () -> {
                try (TlsClient client = new TlsClient(port, known)) {
                  assertThat(client.server()).isEqualTo("CN=second");
                }
              });
    }
    try (TlsClient client = new TlsClient(URI.create(stack().doors().gateway()).getPort(), known)) {
      assertThat(client.server()).isEqualTo("CN=first");
    }
  }
}
