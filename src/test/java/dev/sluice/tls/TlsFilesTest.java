package dev.sluice.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.testing.Authority;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.Algorithm;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TlsFilesTest {
  private static final Authority AUTHORITY = new Authority("root");

  private final Path folder;
  private final TlsFiles files;

  TlsFilesTest(@TempDir Path folder) {
    this.folder = folder;
    this.files =
        new TlsFiles(folder.resolve("tls.crt"), folder.resolve("tls.key"), Optional.empty());
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private List<String> problems(TlsFiles of) {
    UnusableTls unusable = catchThrowableOfType(UnusableTls.class, () -> of.read().material());
    return unusable.problems().stream()
        .map(problem -> problem.part().field() + ": " + problem.message().replace(folder + "/", ""))
        .toList();
  }

  private static X509Bundle issue(Algorithm algorithm) {
    return AUTHORITY.issue(
        new CertificateBuilder().algorithm(algorithm), "a", Instant.now().plusSeconds(60));
  }

  private static String pem(String type, byte[] der) {
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(type, Base64.getMimeEncoder().encodeToString(der), type);
  }

  /** As OpenSSL and cert-manager wrote keys, and do still. */
  private static String older(X509Bundle certificate) throws IOException {
    var key = certificate.getKeyPair().getPrivate();
    byte[] inner =
        PrivateKeyInfo.getInstance(key.getEncoded())
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();
    return pem(key.getAlgorithm() + " PRIVATE KEY", inner);
  }

  @ParameterizedTest
  @EnumSource(
      value = Algorithm.class,
      names = {"ecp256", "ecp384", "rsa2048", "rsa4096"})
  void material_keysOfEveryForm_areRead(Algorithm algorithm) throws Exception {
    X509Bundle certificate = issue(algorithm);
    write("tls.crt", certificate.getCertificatePEM());
    for (String key : List.of(certificate.getPrivateKeyPEM(), older(certificate))) {
      write("tls.key", key);

      TlsMaterial material = files.read().material();

      assertThat(material.key()).isEqualTo(certificate.getKeyPair().getPrivate());
      assertThat(material.chain()).containsExactly(certificate.getCertificate());
      assertThat(material.mutual()).isFalse();
    }
  }

  @Test
  void material_windowsLinesTextBetweenAndBothInOneFile_areRead() throws Exception {
    X509Bundle certificate = issue(Algorithm.ecp256);
    String both =
        "subject=/CN=a\n"
            + pem("EC PARAMETERS", new byte[] {6, 0})
            + certificate.getPrivateKeyPEM()
            + certificate.getCertificatePEM();
    write("tls.crt", both.replace("\n", "\r\n"));
    write("tls.key", both.replace("\n", "\r\n"));

    assertThat(files.read().material().chain()).containsExactly(certificate.getCertificate());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ecp256 | ecp256",
        "ecp256 | ecp384",
        "ecp256 | rsa2048",
        "rsa2048 | ecp256",
        "rsa2048 | rsa2048"
      })
  void material_keyOfAnotherCertificate_isRefused(Algorithm ours, Algorithm others)
      throws Exception {
    write("tls.crt", issue(ours).getCertificatePEM());
    X509Bundle other = issue(others);
    for (String key : List.of(other.getPrivateKeyPEM(), older(other))) {
      write("tls.key", key);

      assertThat(problems(files))
          .containsExactly("key: tls.key has a key that does not belong to the certificate");
    }
  }

  @Test
  void material_nothingIsAsItShouldBe_saysAllAtOnce() throws Exception {
    write("tls.crt", pem("CERTIFICATE", new byte[] {1, 2, 3}));
    write("tls.key", pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2, 3}));
    Path clients = Files.createDirectory(folder.resolve("clients.crt"));

    assertThat(problems(new TlsFiles(files.certificate(), files.key(), Optional.of(clients))))
        .containsExactly(
            "certificate: tls.crt cannot be read: certificate 1 in it is damaged",
            "key: tls.key has an encrypted key: expected one without a passphrase",
            "clientCertificates: clients.crt cannot be read: it is a directory");
  }

  @Test
  void material_damagedKeys_areNotShown() throws Exception {
    write("tls.crt", issue(Algorithm.ecp256).getCertificatePEM());

    write("tls.key", "");
    assertThat(problems(files))
        .containsExactly("key: tls.key has no key: expected PEM with BEGIN PRIVATE KEY");
    write("tls.key", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0!!\n-----END PRIVATE KEY-----\n");
    assertThat(problems(files))
        .containsExactly("key: tls.key cannot be read: its block PRIVATE KEY is not base64");
    write("tls.key", pem("PRIVATE KEY", new byte[] {1, 2, 3}));
    assertThat(problems(files))
        .containsExactly(
            "key: tls.key has a key that cannot be read: expected one of RSA or of EC");
    write("tls.key", pem("DSA PRIVATE KEY", new byte[] {1, 2, 3}));
    assertThat(problems(files))
        .containsExactly("key: tls.key has a DSA PRIVATE KEY: expected a key of RSA or of EC");
    Files.delete(folder.resolve("tls.key"));
    assertThat(problems(files))
        .containsExactly("key: tls.key cannot be read: there is no such file");
  }

  @Test
  void toString_saysWhoseAndUntilWhen_andNothingOfTheKey() throws Exception {
    Instant until = Instant.parse("2099-01-01T00:00:00Z");
    Authority.write(folder, "tls", AUTHORITY.issue("sluice", until));
    TlsFiles mutual =
        new TlsFiles(
            files.certificate(),
            files.key(),
            Optional.of(AUTHORITY.write(folder.resolve("clients.crt"))));

    TlsMaterial material = mutual.read().material();

    assertThat(material)
        .hasToString(
            "the certificate of CN=sluice, until 2099-01-01T00:00:00Z; clients need a certificate");
    assertThat(material.mutual()).isTrue();
  }

  @Test
  void warnings_certificatesOutOfTheirTime_areNamed() throws Exception {
    Instant until = Instant.parse("2026-01-31T00:00:00Z");
    Authority.write(folder, "tls", AUTHORITY.issue("sluice", until));
    TlsMaterial material = files.read().material();

    assertThat(material.warnings(until)).isEmpty();
    assertThat(material.warnings(until.plusSeconds(1)))
        .containsExactly(
            new TlsProblem(
                TlsFiles.Part.CERTIFICATE,
                "the certificate of CN=sluice expired at 2026-01-31T00:00:00Z"));
    assertThat(material.warnings(until.minus(Duration.ofDays(31))))
        .containsExactly(
            new TlsProblem(
                TlsFiles.Part.CERTIFICATE,
                "the certificate of CN=sluice is not valid before 2026-01-01T00:00:00Z"));
  }
}
