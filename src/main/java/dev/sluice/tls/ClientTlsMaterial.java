package dev.sluice.tls;

import dev.sluice.tls.TlsFiles.Part;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whom a client believes about a server, and what it shows of itself.
 *
 * @param digest of the files' contents
 * @param authorities one of them must have signed the server's certificate; none: those of the JVM
 * @param identity for a server that asks its clients who they are
 */
public record ClientTlsMaterial(
    ClientTlsFiles files,
    String digest,
    List<X509Certificate> authorities,
    Optional<Identity> identity) {
  public ClientTlsMaterial {
    authorities = List.copyOf(authorities);
  }

  /** A certificate with those between it and its root, and its key. */
  public record Identity(List<X509Certificate> chain, PrivateKey key) {
    public Identity {
      chain = List.copyOf(chain);
    }

    /** Without the key. */
    @Override
    public String toString() {
      return TlsMaterial.name(chain.get(0));
    }
  }

  /** What will keep servers from being believed, or believing, though the files are well-formed. */
  public List<TlsProblem> warnings(Instant now) {
    List<TlsProblem> warnings = new ArrayList<>();
    authorities.forEach(certificate -> TlsMaterial.date(Part.CA, certificate, now, warnings));
    identity
        .map(Identity::chain)
        .orElse(List.of())
        .forEach(certificate -> TlsMaterial.date(Part.CERTIFICATE, certificate, now, warnings));
    return warnings;
  }

  /** For a log line. */
  @Override
  public String toString() {
    return (authorities.isEmpty()
            ? "authorities of the JVM"
            : "authorities of " + files.ca().orElseThrow())
        + identity.map(own -> ", shown is " + own).orElse("");
  }
}
