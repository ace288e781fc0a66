package dev.sluice.tls;

import dev.sluice.tls.TlsFiles.Part;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a client's side of TLS is, in PEM.
 *
 * @param ca those of which one must have signed the server's certificate; empty: those of the JVM
 * @param certificate the client's own, then those between it and its root; with a key or not at all
 * @param key of the first certificate, without a passphrase
 */
public record ClientTlsFiles(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {
  public ClientTlsFiles {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("a certificate and its key belong together");
    }
  }

  /** What is in the files now, be it good or bad. Blocks. */
  public ClientTlsSnapshot read() {
    Map<Part, FileText> texts = new EnumMap<>(Part.class);
    ca.ifPresent(file -> texts.put(Part.CA, FileText.read(file)));
    certificate.ifPresent(file -> texts.put(Part.CERTIFICATE, FileText.read(file)));
    key.ifPresent(file -> texts.put(Part.KEY, FileText.read(file)));
    return new ClientTlsSnapshot(this, new PemTexts(texts));
  }
}
