package dev.sluice.tls;

import dev.sluice.tls.TlsFiles.Part;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was in some files of PEM at a moment. */
final class PemTexts {
  private final Map<Part, FileText> texts;

  PemTexts(Map<Part, FileText> texts) {
    this.texts = new EnumMap<>(texts);
  }

  /** The same for the same contents, whichever files or symlinks hold them. */
  String digest() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (FileText text : texts.values()) {
        sha256.update(
            (text.readable() + ":" + text.text().length() + ":")
                .getBytes(StandardCharsets.US_ASCII));
        sha256.update(text.text().getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(sha256.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** None, with a problem, when the file cannot be read; none without when there is none. */
  List<X509Certificate> certificates(Part part, List<TlsProblem> problems) {
    return parsed(part, problems, Pem::certificates).orElse(List.of());
  }

  /** The key of the first certificate of a chain. */
  Optional<PrivateKey> key(List<X509Certificate> chain, List<TlsProblem> problems) {
    Optional<Pem.Block> block = parsed(Part.KEY, problems, Pem::key);
    if (block.isEmpty() || chain.isEmpty()) {
      return Optional.empty();
    }
    return parsed(
        Part.KEY, problems, text -> CertifiedKey.of(block.get(), chain.get(0).getPublicKey()));
  }

  private interface Parser<T> {
    T parse(String text) throws BadPem;
  }

  /** Empty, with a problem, when the file cannot be read; empty without when there is none. */
  private <T> Optional<T> parsed(Part part, List<TlsProblem> problems, Parser<T> parser) {
    Optional<FileText> text = Optional.ofNullable(texts.get(part));
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      if (!text.get().readable()) {
        throw new BadPem("cannot be read: " + text.get().text());
      }
      return Optional.of(parser.parse(text.get().text()));
    } catch (BadPem e) {
      problems.add(new TlsProblem(part, text.get().file() + " " + e.why()));
      return Optional.empty();
    }
  }
}
