package dev.sluice.tls;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the certificate and the key of a door are, in PEM.
 *
 * @param certificate the door's own, then those between it and its root
 * @param key of the first certificate, without a passphrase
 * @param clientCertificates those of which one must have signed a client's certificate; empty asks
 *     clients for none
 * @param clientName that a client's certificate must be of besides; empty asks for none
 */
public record TlsFiles(
    Path certificate, Path key, Optional<Path> clientCertificates, Optional<String> clientName) {

  /** Clients may have any name. */
  public TlsFiles(Path certificate, Path key, Optional<Path> clientCertificates) {
    this(certificate, key, clientCertificates, Optional.empty());
  }

  /** One of the files, by its name in the configuration. */
  public enum Part {
    CERTIFICATE("certificate"),
    KEY("key"),
    CLIENT_CERTIFICATES("clientCertificates"),
    /** Not of a door: of a client, those whom it believes about servers. */
    CA("ca");

    private final String field;

    Part(String field) {
      this.field = field;
    }

    /** As in the configuration. */
    public String field() {
      return field;
    }
  }

  /** What is in the files now, be it good or bad. Blocks. */
  public TlsSnapshot read() {
    Map<Part, FileText> texts = new EnumMap<>(Part.class);
    texts.put(Part.CERTIFICATE, FileText.read(certificate));
    texts.put(Part.KEY, FileText.read(key));
    clientCertificates.ifPresent(file -> texts.put(Part.CLIENT_CERTIFICATES, FileText.read(file)));
    return new TlsSnapshot(this, new PemTexts(texts));
  }
}
