package dev.sluice.tls;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** Reads PEM (RFC 7468). What stands between the blocks is left alone, as everybody does. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private Pem() {}

  /** What stands between a BEGIN and its END. */
  record Block(String type, String base64) {
    byte[] der() throws BadPem {
      try {
        return Base64.getDecoder().decode(SPACE.matcher(base64).replaceAll(""));
      } catch (IllegalArgumentException e) {
        throw new BadPem("cannot be read: its block " + type + " is not base64");
      }
    }

    /** It may be a key. */
    @Override
    public String toString() {
      return "Block[" + type + "]";
    }
  }

  /** The certificates of a text, at least one. */
  static List<X509Certificate> certificates(String text) throws BadPem {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(text)) {
      if (block.type().equals("CERTIFICATE")) {
        certificates.add(certificate(block.der(), certificates.size() + 1));
      }
    }
    if (certificates.isEmpty()) {
      throw new BadPem("has no certificate: expected PEM with BEGIN CERTIFICATE");
    }
    return certificates;
  }

  private static X509Certificate certificate(byte[] der, int number) throws BadPem {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new BadPem("cannot be read: certificate " + number + " in it is damaged");
    }
  }

  /** The first key of a text. */
  static Block key(String text) throws BadPem {
    // Beside the blocks that are named so there are OpenSSL's own, with a header that says it.
    if (text.contains("ENCRYPTED")) {
      throw new BadPem("has an encrypted key: expected one without a passphrase");
    }
    return blocks(text).stream()
        .filter(block -> block.type().endsWith("PRIVATE KEY"))
        .findFirst()
        .orElseThrow(() -> new BadPem("has no key: expected PEM with BEGIN PRIVATE KEY"));
  }

  private static List<Block> blocks(String text) {
    return BLOCK
        .matcher(text)
        .results()
        .map(match -> new Block(match.group(1), match.group(2)))
        .toList();
  }
}
