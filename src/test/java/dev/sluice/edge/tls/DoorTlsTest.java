package dev.sluice.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.edge.RequestId;
import dev.sluice.edge.http.Connections;
import dev.sluice.edge.http.Endpoint;
import dev.sluice.edge.http.HttpDoor;
import dev.sluice.edge.http.HttpDoorOptions;
import dev.sluice.metrics.Metrics;
import dev.sluice.testing.Authority;
import dev.sluice.testing.RawClient;
import dev.sluice.testing.TlsClient;
import dev.sluice.tls.TlsFiles;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real door of HTTP, whose files change while clients are connected. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class DoorTlsTest {
  private static final String DOOR = "gateway";

  private final Path folder;
  private final Authority authority = new Authority("servers");
  private final Authority clients = new Authority("clients");
  private final Metrics metrics = new Metrics();
  private final Vertx vertx = Vertx.vertx();
  private Optional<Connections> connections = Optional.empty();

  DoorTlsTest(@TempDir Path folder) {
    this.folder = folder;
    Authority.write(folder, "tls", authority.issue("first"));
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private DoorTls tls(Path certificates, Optional<Path> clientCertificates) throws Exception {
    TlsFiles files =
        new TlsFiles(
            certificates.resolve("tls.crt"), certificates.resolve("tls.key"), clientCertificates);
    return new DoorTls(
        DOOR, Spoken.HTTP_1, files.read().material(), metrics, InstantSource.system());
  }

  /** Its port. */
  private int listen(DoorTls tls) {
    return listen(tls, request -> request.response().end("."));
  }

  private int listen(DoorTls tls, Handler<HttpServerRequest> handler) {
    HttpDoorOptions options =
        new HttpDoorOptions(
            DOOR,
            new Endpoint("127.0.0.1", 0, Optional.of(tls)),
            100,
            // For a head: a client on a busy machine must not miss it.
            Duration.ofSeconds(3),
            Duration.ofSeconds(20));
    connections = Optional.of(new Connections(options, metrics, System::nanoTime));
    return new HttpDoor(
            vertx, options, connections.get(), new RequestId(), metrics, context -> handler)
        .start(2)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private static void settle(DoorTls tls) {
    tls.look();
    tls.look();
  }

  private String served(int port) throws IOException {
    try (TlsClient client = new TlsClient(port, authority.client())) {
      assertThat(client.get()).isEqualTo("HTTP/1.1 200 OK");
      return client.server();
    }
  }

  private double gauge(String name) {
    return metrics.registry().getSampleValue(name, new String[] {"door"}, new String[] {DOOR});
  }

  private double reloads(String result) {
    return count("sluice_tls_reloads_total", "result", result);
  }

  private double count(String name, String label, String value) {
    Double count =
        metrics
            .registry()
            .getSampleValue(name, new String[] {"door", label}, new String[] {DOOR, value});
    return count == null ? 0 : count;
  }

  @Test
  void speaksHttp1_whateverElseTheClientOffers() throws Exception {
    int port = listen(tls(folder, Optional.empty()));

    try (TlsClient client = new TlsClient(port, authority.client(), "h2", "http/1.1")) {
      assertThat(client.protocol()).isEqualTo("http/1.1");
      assertThat(client.version()).isEqualTo("TLSv1.3");
      assertThat(client.get()).isEqualTo("HTTP/1.1 200 OK");
    }
    assertThatThrownBy(() -> new TlsClient(port, authority.client(), "h2"))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("no_application_protocol");
    assertThatThrownBy(() -> new TlsClient(port, clients.client()))
        .as("a client that trusts another authority")
        .isInstanceOf(SSLException.class);
  }

  @Test
  void newFiles_forNewConnections_whileTheOldOneGoesOn() throws Exception {
    DoorTls tls = tls(folder, Optional.empty());
    int port = listen(tls);
    try (TlsClient old = new TlsClient(port, authority.client())) {
      assertThat(old.get()).isEqualTo("HTTP/1.1 200 OK");
      Instant until = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3600);
      Authority.write(folder, "tls", authority.issue("second", until));

      tls.look();
      assertThat(served(port)).as("after one look").isEqualTo("CN=first");
      tls.look();

      assertThat(served(port)).isEqualTo("CN=second");
      assertThat(old.get()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(gauge("sluice_tls_certificate_expiry_timestamp_seconds"))
          .isEqualTo((double) until.getEpochSecond());
      assertThat(reloads("taken")).isEqualTo(1);
    }
  }

  @Test
  void symlinksThatAreSwapped_asKubernetesDoes_areFollowed() throws Exception {
    Path volume = Files.createDirectories(folder.resolve("volume"));
    Path first = Files.createDirectories(volume.resolve("..2026_01"));
    Authority.write(first, "tls", authority.issue("first"));
    Files.createSymbolicLink(volume.resolve("..data"), Path.of("..2026_01"));
    Files.createSymbolicLink(volume.resolve("tls.crt"), Path.of("..data/tls.crt"));
    Files.createSymbolicLink(volume.resolve("tls.key"), Path.of("..data/tls.key"));
    DoorTls tls = tls(volume, Optional.empty());
    int port = listen(tls);
    assertThat(served(port)).isEqualTo("CN=first");

    Path second = Files.createDirectories(volume.resolve("..2026_02"));
    Authority.write(second, "tls", authority.issue("second"));
    Files.createSymbolicLink(volume.resolve("..data_tmp"), Path.of("..2026_02"));
    Files.move(
        volume.resolve("..data_tmp"), volume.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    settle(tls);

    assertThat(served(port)).isEqualTo("CN=second");
  }

  @Test
  void badFiles_leaveTheOldInForce_untilTheyAreGood() throws Exception {
    DoorTls tls = tls(folder, Optional.empty());
    int port = listen(tls);
    String good = Files.readString(folder.resolve("tls.crt"));

    Files.writeString(folder.resolve("tls.crt"), "nonsense");
    settle(tls);
    settle(tls);
    assertThat(served(port)).isEqualTo("CN=first");
    assertThat(gauge("sluice_tls_files_refused")).isEqualTo(1);
    assertThat(reloads("refused")).as("once for each content").isEqualTo(1);

    Files.delete(folder.resolve("tls.crt"));
    settle(tls);
    assertThat(served(port)).isEqualTo("CN=first");
    assertThat(reloads("refused")).isEqualTo(2);

    Files.writeString(folder.resolve("tls.crt"), good);
    settle(tls);
    assertThat(gauge("sluice_tls_files_refused")).as("as before").isZero();
    assertThat(reloads("taken")).isZero();

    Authority.write(folder, "tls", authority.issue("second"));
    settle(tls);
    assertThat(served(port)).isEqualTo("CN=second");
    assertThat(gauge("sluice_tls_files_refused")).isZero();
  }

  @Test
  void twoFilesWrittenOneAfterTheOther_areNotTakenForBad() throws Exception {
    DoorTls tls = tls(folder, Optional.empty());
    var second = authority.issue("second");

    Files.writeString(folder.resolve("tls.crt"), second.getCertificatePEM());
    tls.look();
    Files.writeString(folder.resolve("tls.key"), second.getPrivateKeyPEM());
    settle(tls);

    assertThat(reloads("refused")).isZero();
    assertThat(reloads("taken")).isEqualTo(1);
  }

  @Test
  void mutual_admitsThoseWhoseCertificateTheAuthoritySigned() throws Exception {
    int port = listen(tls(folder, Optional.of(clients.write(folder.resolve("clients.crt")))));

    try (TlsClient client = new TlsClient(port, authority.client(clients.issue("nginx")))) {
      assertThat(client.get()).isEqualTo("HTTP/1.1 200 OK");
    }
    assertRefused(port, authority.client());
    assertRefused(port, authority.client(authority.issue("somebody")));
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    assertRefused(port, authority.client(clients.issue("nginx", yesterday)));
  }

  /** TLS 1.3 tells a client of it after its part of the handshake is done. */
  private static void assertRefused(int port, SSLContext context) {
    assertThatThrownBy(
            () -> {
              try (TlsClient client = new TlsClient(port, context)) {
                client.get();
              }
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void mutual_anAuthorityThatIsTrustedNoMore_endsResumedSessionsToo() throws Exception {
    Path trusted = clients.write(folder.resolve("clients.crt"));
    DoorTls tls = tls(folder, Optional.of(trusted));
    int port = listen(tls);
    SSLContext remembering = authority.client(clients.issue("nginx"));
    for (boolean again : new boolean[] {false, true}) {
      try (TlsClient client = new TlsClient(port, remembering)) {
        assertThat(client.get()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(client.resumed()).isEqualTo(again);
      }
    }

    Authority next = new Authority("next clients");
    next.write(trusted);
    settle(tls);

    assertRefused(port, remembering);
    try (TlsClient client = new TlsClient(port, authority.client(next.issue("nginx")))) {
      assertThat(client.get()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void aClientThatNeverShakesHands_isClosed() throws Exception {
    int port = listen(tls(folder, Optional.empty()));

    long start = System.nanoTime();
    try (RawClient silent = new RawClient("http://127.0.0.1:" + port);
        RawClient slow = new RawClient("http://127.0.0.1:" + port);
        RawClient plain = new RawClient("http://127.0.0.1:" + port)) {
      slow.send("\u0016\u0003\u0001\u0002");
      plain.send("GET / HTTP/1.1\r\nHost: sluice\r\n\r\n");
      assertThat(plain.readToEnd()).doesNotContain("200 OK");
      silent.readToEnd();
      slow.readToEnd();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(count("sluice_bad_requests_total", "reason", "tls_handshake"))
                    .isEqualTo(3));
  }

  @Test
  void aClientThatSendsNoHead_isClosedAfterTheHandshake() throws Exception {
    int port = listen(tls(folder, Optional.empty()));

    try (TlsClient client = new TlsClient(port, authority.client())) {
      // Until the server closes it.
      assertThat(client.readToEnd()).isZero();
      Awaitility.await().untilAsserted(() -> assertThat(gauge("sluice_connections")).isZero());
      assertThatThrownBy(client::get).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aClientThatDoesNotRead_isClosedByForce() throws Exception {
    Buffer large = Buffer.buffer(new byte[64 << 20]);
    int port = listen(tls(folder, Optional.empty()), request -> request.response().end(large));

    try (TlsClient client = new TlsClient(port, authority.client())) {
      client.send();
      Awaitility.await().until(() -> gauge("sluice_connections") == 1);
      Thread.sleep(300);
      connections.orElseThrow().forceAll();

      Awaitility.await().until(() -> gauge("sluice_connections") == 0);
      assertThatThrownBy(client::readToEnd).isInstanceOf(IOException.class);
    }
  }
}
