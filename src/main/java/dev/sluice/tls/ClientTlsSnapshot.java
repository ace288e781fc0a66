package dev.sluice.tls;

import dev.sluice.tls.TlsFiles.Part;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was in the files of a client at a moment, not yet looked at. */
public final class ClientTlsSnapshot {
  private final ClientTlsFiles files;
  private final PemTexts texts;

  ClientTlsSnapshot(ClientTlsFiles files, PemTexts texts) {
    this.files = files;
    this.texts = texts;
  }

  /** The same for the same contents, whichever files or symlinks hold them. */
  public String digest() {
    return texts.digest();
  }

  /**
   * What the files say.
   *
   * @throws UnusableTls with what is wrong with each of them
   */
  public ClientTlsMaterial material() throws UnusableTls {
    List<TlsProblem> problems = new ArrayList<>();
    List<X509Certificate> authorities = texts.certificates(Part.CA, problems);
    List<X509Certificate> chain = texts.certificates(Part.CERTIFICATE, problems);
    Optional<ClientTlsMaterial.Identity> identity =
        texts.key(chain, problems).map(key -> new ClientTlsMaterial.Identity(chain, key));
    if (!problems.isEmpty()) {
      throw new UnusableTls(problems);
    }
    return new ClientTlsMaterial(files, digest(), authorities, identity);
  }
}
