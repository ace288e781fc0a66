package dev.sluice.tls;

import dev.sluice.tls.TlsFiles.Part;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was in the files of a door at a moment, not yet looked at. */
public final class TlsSnapshot {
  private final TlsFiles files;
  private final PemTexts texts;

  TlsSnapshot(TlsFiles files, PemTexts texts) {
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
  public TlsMaterial material() throws UnusableTls {
    List<TlsProblem> problems = new ArrayList<>();
    List<X509Certificate> chain = texts.certificates(Part.CERTIFICATE, problems);
    Optional<PrivateKey> key = texts.key(chain, problems);
    List<X509Certificate> authorities = texts.certificates(Part.CLIENT_CERTIFICATES, problems);
    if (key.isEmpty() || !problems.isEmpty()) {
      throw new UnusableTls(problems);
    }
    return new TlsMaterial(files, digest(), chain, key.get(), authorities);
  }
}
