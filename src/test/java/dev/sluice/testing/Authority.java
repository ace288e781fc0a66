package dev.sluice.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority of a test. */
public final class Authority {
  private static final char[] NO_PASSWORD = new char[0];

  private final X509Bundle root;

  /** A new one, which nobody trusts yet. */
  public Authority(String name) {
    this.root =
        built(
            () ->
                new CertificateBuilder()
                    .ecp256()
                    .subject("CN=" + name)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned());
  }

  /** May fail. */
  private interface Building<T> {
    T build() throws Exception;
  }

  private static <T> T built(Building<T> building) {
    try {
      return building.build();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate of this host that is valid for a day. */
  public X509Bundle issue(String name) {
    return issue(name, Instant.now().plus(Duration.ofDays(1)));
  }

  /** A certificate of this host. */
  public X509Bundle issue(String name, Instant until) {
    return issue(new CertificateBuilder().ecp256(), name, until);
  }

  /** A certificate of this host with a key of one's own choice. */
  public X509Bundle issue(CertificateBuilder key, String name, Instant until) {
    return built(
        () ->
            key.subject("CN=" + name)
                .addSanDnsName("localhost")
                .addSanIpAddress("127.0.0.1")
                .notBefore(until.minus(Duration.ofDays(30)))
                .notAfter(until)
                .buildIssuedBy(root));
  }

  /** Its own certificate. */
  public X509Certificate certificate() {
    return root.getCertificate();
  }

  /** Its own certificate, as a file. */
  public Path write(Path file) {
    return write(file, root.getCertificatePEM());
  }

  /** Writes {@code NAME.crt} and {@code NAME.key}. */
  public static void write(Path folder, String name, X509Bundle certificate) {
    write(folder.resolve(name + ".crt"), certificate.getCertificatePEM());
    write(folder.resolve(name + ".key"), certificate.getPrivateKeyPEM());
  }

  private static Path write(Path file, String text) {
    try {
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For a client that trusts this authority, without a certificate of its own. */
  public SSLContext client() {
    return client(Optional.empty());
  }

  /** For a client that trusts this authority, and shows a certificate. */
  public SSLContext client(X509Bundle own) {
    return client(Optional.of(own));
  }

  private SSLContext client(Optional<X509Bundle> own) {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, NO_PASSWORD);
      trusted.setCertificateEntry("root", root.getCertificate());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(own), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyManager[] keys(Optional<X509Bundle> own)
      throws GeneralSecurityException, IOException {
    if (own.isEmpty()) {
      return new KeyManager[0];
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own.get().toKeyStore(NO_PASSWORD), NO_PASSWORD);
    return keys.getKeyManagers();
  }
}
