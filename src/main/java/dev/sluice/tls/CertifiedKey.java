package dev.sluice.tls;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;

/**
 * The key of a certificate, from the three forms in which tools write it: PKCS #8, and the older
 * ones of RSA (PKCS #1, cert-manager's default) and elliptic curves (SEC 1), which the JDK reads
 * only when they are wrapped into PKCS #8.
 */
final class CertifiedKey {
  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int SEQUENCE = 0x30;

  /** The DER of {@code rsaEncryption} and {@code id-ecPublicKey}. */
  private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d010101" + "0500");

  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  private CertifiedKey() {}

  /** The key in a block, which must be that of {@code certified}. */
  static PrivateKey of(Pem.Block block, PublicKey certified) throws BadPem {
    PrivateKey key =
        switch (block.type()) {
          case "PRIVATE KEY" -> pkcs8(block.der());
          case "RSA PRIVATE KEY" -> rsa(block.der());
          case "EC PRIVATE KEY" -> ec(block.der(), certified);
          default -> throw new BadPem("has a " + block.type() + ": expected a key of RSA or of EC");
        };
    if (!belongs(key, certified)) {
      throw foreign();
    }
    return key;
  }

  private static PrivateKey pkcs8(byte[] der) throws BadPem {
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
      } catch (InvalidKeySpecException e) {
        // It may be of the other kind.
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new BadPem("has a key that cannot be read: expected one of RSA or of EC");
  }

  private static PrivateKey rsa(byte[] pkcs1) throws BadPem {
    return pkcs8(wrapped(RSA, pkcs1));
  }

  /** The curve stands in the certificate, and does not always in the key. */
  private static PrivateKey ec(byte[] sec1, PublicKey certified) throws BadPem {
    if (!(certified instanceof ECPublicKey ec)) {
      throw foreign();
    }
    try {
      AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
      curve.init(ec.getParams());
      return pkcs8(wrapped(concat(EC, curve.getEncoded()), sec1));
    } catch (GeneralSecurityException | IOException e) {
      throw new BadPem("has a key of a curve that is not supported");
    }
  }

  private static BadPem foreign() {
    return new BadPem("has a key that does not belong to the certificate");
  }

  private static boolean belongs(PrivateKey key, PublicKey certified) throws BadPem {
    if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
      return false;
    }
    try {
      String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
      Signature signature = Signature.getInstance(algorithm);
      byte[] sample = "sample".getBytes(StandardCharsets.US_ASCII);
      signature.initSign(key);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // So are two of different lengths or curves, on most runtimes.
      return false;
    }
  }

  /** RFC 5208: version, algorithm, the key in its own form. */
  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return der(
        SEQUENCE,
        concat(der(INTEGER, new byte[] {0}), der(SEQUENCE, algorithm), der(OCTET_STRING, key)));
  }

  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else if (content.length < 0x100) {
      out.write(0x81);
      out.write(content.length);
    } else {
      out.write(0x82);
      out.write(content.length >> 8);
      out.write(content.length);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
