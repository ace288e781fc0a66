package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.testing.Authority;
import dev.sluice.tls.ClientTlsMaterial;
import dev.sluice.tls.TlsFiles;
import dev.sluice.tls.TlsMaterial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TlsConfigurationTest {
  private static final String OURS =
      """
      sambastack: sambastack.yaml
      deployments:
      - {name: bd-x, url: 'http://10.0.0.1:8000', slots: 8, models: [m]}
      """;

  private final Path folder;
  private final Authority authority = new Authority("root");

  TlsConfigurationTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    Files.writeString(
        folder.resolve("sambastack.yaml"),
        """
        bundles:
          bundleDeploymentSpecs:
          - {name: bd-x, groups: [{name: default, qosList: [web, free]}]}
        serviceTiers:
          free: [{models: [m]}]
          web:
          - models: [m]
        """);
    Authority.write(folder, "tls", authority.issue("sluice"));
    Authority.write(folder, "other", authority.issue("other"));
    authority.write(folder.resolve("clients.crt"));
  }

  private Configuration load(String more, Map<String, String> environment)
      throws IOException, InvalidConfiguration {
    Path file = Files.writeString(folder.resolve("sluice.yaml"), OURS + more);
    return Configuration.load(file, environment);
  }

  private List<String> problems(String more, Map<String, String> environment) {
    return texts(
        catchThrowableOfType(InvalidConfiguration.class, () -> load(more, environment)).problems());
  }

  private List<String> texts(List<Problem> problems) {
    return problems.stream().map(p -> p.toString().replace(folder + "/", "")).toList();
  }

  @Test
  void load_redisOverTls_mayHaveAnAuthorityAndACertificateOfItsOwn() throws Exception {
    SluiceConfig settings =
        load(
                "redis: rediss://h\nredisTls: {ca: clients.crt, certificate: tls.crt}\n",
                Map.of("SLUICE_REDIS_TLS_KEY", folder.resolve("tls.key").toString()))
            .settings();

    ClientTlsMaterial tls = settings.redisTls().orElseThrow();
    assertThat(tls.authorities()).hasSize(1);
    assertThat(tls.identity().orElseThrow().chain()).hasSize(1);
    assertThat(load("redis: rediss://h\n", Map.of()).settings().redisTls()).isEmpty();
  }

  @Test
  void load_redisTlsThatCannotBe_saysWhatIsWrongAndWhere() {
    assertThat(problems("redis: rediss://h\nredisTls: {ca: none.crt, key: tls.key}\n", Map.of()))
        .hasSize(2)
        .anyMatch(p -> p.contains("sluice.yaml:5: redisTls.certificate: "))
        .anyMatch(p -> p.contains("sluice.yaml:5: redisTls.ca: none.crt cannot be read"));
    assertThat(problems("redis: rediss://h\nredisTls: {ca: none.crt}\n", Map.of()))
        .singleElement()
        .asString()
        .contains("sluice.yaml:5: redisTls.ca: none.crt cannot be read: there is no such file");
    assertThat(problems("redis: redis://h\nredisTls: {ca: clients.crt}\n", Map.of()))
        .singleElement()
        .asString()
        .contains("sluice.yaml:5: redisTls: redis is redis://h, without TLS");
  }

  @Test
  void load_everyDoor_mayHaveTls() throws Exception {
    String door = "{tls: {certificate: tls.crt, key: tls.key, clientCertificates: clients.crt}}\n";
    SluiceConfig settings =
        load(
                "gateway: "
                    + door
                    + "grpc: "
                    + door
                    + "http: "
                    + door
                    + "metrics: "
                    + door
                    + "debug: "
                    + door,
                Map.of())
            .settings();

    TlsFiles files =
        new TlsFiles(
            folder.resolve("tls.crt"),
            folder.resolve("tls.key"),
            Optional.of(folder.resolve("clients.crt")));
    assertThat(
            List.of(
                settings.gateway().listener(),
                settings.grpc().listener(),
                settings.http().listener(),
                settings.metrics(),
                settings.debug()))
        .extracting(at -> at.tls().orElseThrow().files())
        .containsOnly(files);
  }

  @Test
  void load_absolutePathsAndTheEnvironment_areTaken() throws Exception {
    Map<String, String> environment =
        Map.of(
            "SLUICE_GRPC_TLS_CERTIFICATE", folder.resolve("tls.crt").toString(),
            "SLUICE_GRPC_TLS_KEY", folder.resolve("tls.key").toString());
    Configuration configuration = load("", environment);

    assertThat(configuration.settings().grpc().listener().tls())
        .hasValueSatisfying(tls -> assertThat(tls.mutual()).isFalse());
    assertThat(configuration.settings().gateway().listener().tls()).isEmpty();
    assertThat(configuration.warnings()).isEmpty();
  }

  @Test
  void load_whatIsWrong_isSaidAllAtOnce() throws Exception {
    Files.writeString(folder.resolve("empty.crt"), "");
    String more =
        """
        gateway:
          tls:
            certificate: tls.crt
            key: other.key
        grpc:
          tls: {key: tls.key}
        http:
          tls:
            certificate: nowhere.crt
            key: tls.crt
            clientCertificates: empty.crt
        metrics:
          tls: {clientCertificates: clients.crt, keys: x}
        debug:
          tls: tls.crt
        """;

    assertThat(problems(more, Map.of("SLUICE_HTTP_PORT", "none")))
        .containsExactly(
            "sluice.yaml:7: gateway.tls.key: other.key has a key that does not belong to the"
                + " certificate",
            "sluice.yaml:9: grpc.tls.certificate: missing: expected a path",
            "sluice.yaml:12: http.tls.certificate: nowhere.crt cannot be read: there is no such"
                + " file",
            "sluice.yaml:13: http.tls.key: tls.crt has no key: expected PEM with BEGIN PRIVATE KEY",
            "sluice.yaml:14: http.tls.clientCertificates: empty.crt has no certificate: expected"
                + " PEM with BEGIN CERTIFICATE",
            "sluice.yaml:16: metrics.tls.certificate: missing: expected a path",
            "sluice.yaml:16: metrics.tls.key: missing: expected a path",
            "sluice.yaml:16: metrics.tls.keys: unknown key; did you mean \"key\"?",
            "sluice.yaml:18: debug.tls: expected a map, found a single value",
            "environment: SLUICE_HTTP_PORT: expected a whole number from 0 to 65535, found"
                + " \"none\"");
  }

  @Test
  void load_whatTheEnvironmentNames_isReportedThere() {
    assertThat(
            problems(
                "grpc: {tls: {certificate: tls.crt, key: tls.key}}\n",
                Map.of("SLUICE_GRPC_TLS_KEY", "other.key")))
        .containsExactly(
            "environment: SLUICE_GRPC_TLS_KEY: other.key has a key that does not belong to the"
                + " certificate");
  }

  @Test
  void load_expired_isAWarning() throws Exception {
    Instant until = Instant.parse("2020-01-31T00:00:00Z");
    Authority.write(folder, "tls", authority.issue("sluice", until));

    Configuration configuration =
        load("grpc: {tls: {certificate: tls.crt, key: tls.key}}\n", Map.of());

    assertThat(texts(configuration.warnings()))
        .containsExactly(
            "sluice.yaml:4: grpc.tls.certificate: the certificate of CN=sluice expired at"
                + " 2020-01-31T00:00:00Z");
    assertThat(configuration.settings().grpc().listener().tls().map(TlsMaterial::expiry))
        .contains(until);
  }
}
