package dev.sluice.tls;

import dev.sluice.tls.TlsFiles.Part;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A door's certificate and key, which belong together, and whom it believes about its clients.
 *
 * @param digest of the files' contents
 * @param chain the door's own certificate first
 * @param clientAuthorities one of them must have signed a client's certificate; none asks clients
 *     for no certificate
 */
public record TlsMaterial(
    TlsFiles files,
    String digest,
    List<X509Certificate> chain,
    PrivateKey key,
    List<X509Certificate> clientAuthorities) {
  public TlsMaterial {
    chain = List.copyOf(chain);
    clientAuthorities = List.copyOf(clientAuthorities);
  }

  /** Whether clients must show a certificate. */
  public boolean mutual() {
    return !clientAuthorities.isEmpty();
  }

  /** When the first certificate of the chain expires: from then on clients refuse it. */
  public Instant expiry() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** What will keep clients away though the files are well-formed. */
  public List<TlsProblem> warnings(Instant now) {
    List<TlsProblem> warnings = new ArrayList<>();
    chain.forEach(certificate -> date(Part.CERTIFICATE, certificate, now, warnings));
    clientAuthorities.forEach(
        certificate -> date(Part.CLIENT_CERTIFICATES, certificate, now, warnings));
    return warnings;
  }

  static void date(Part part, X509Certificate certificate, Instant now, List<TlsProblem> warnings) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isAfter(until)) {
      warnings.add(new TlsProblem(part, name(certificate) + " expired at " + until));
    } else if (now.isBefore(from)) {
      warnings.add(new TlsProblem(part, name(certificate) + " is not valid before " + from));
    }
  }

  static String name(X509Certificate certificate) {
    return "the certificate of " + certificate.getSubjectX500Principal();
  }

  /** For a log line: whose certificate, until when, and what clients need. */
  @Override
  public String toString() {
    return "%s, until %s%s"
            .formatted(name(chain.get(0)), expiry(), mutual() ? "; clients need a certificate" : "")
        + files.clientName().map(name -> " of " + name).orElse("");
  }
}
