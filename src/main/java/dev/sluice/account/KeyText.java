package dev.sluice.account;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;

/**
 * The text of an API key: {@code sluice_<organization>_<43 characters><6 characters>}.
 *
 * <p>The 43 are 256 random bits in base 62; the 6 are a CRC-32 of all that stands before them, so
 * that a mistyped key is refused without asking Redis. The fixed prefix lets secret scanners find
 * leaked keys: {@code sluice_[a-z0-9-]{1,40}_[0-9A-Za-z]{49}}. The organization's id leads to the
 * Redis slot of everything that decides about the key.
 *
 * <p>{@link #toString} shows the last four characters only.
 */
public final class KeyText {
  private static final String PREFIX = "sluice_";
  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final int SECRET_LENGTH = 43;
  private static final int CHECKSUM_LENGTH = 6;

  private final String organization;
  private final String text;

  private KeyText(String organization, String text) {
    this.organization = organization;
    this.text = text;
  }

  /** A new key; {@code random} must be cryptographically strong. */
  public static KeyText generate(String organization, RandomGenerator random) {
    Ids.requireOrganization(organization);
    byte[] bits = new byte[32];
    random.nextBytes(bits);
    String body = PREFIX + organization + "_" + secret(new BigInteger(1, bits));
    return new KeyText(organization, body + checksum(body));
  }

  /** Reads what a client sent; empty when it cannot be a key of Sluice. */
  public static Optional<KeyText> parse(String text) {
    int secret = text.length() - SECRET_LENGTH - CHECKSUM_LENGTH;
    if (!text.startsWith(PREFIX) || secret <= PREFIX.length() || text.charAt(secret - 1) != '_') {
      return Optional.empty();
    }
    String organization = text.substring(PREFIX.length(), secret - 1);
    String body = text.substring(0, text.length() - CHECKSUM_LENGTH);
    if (!Ids.isOrganization(organization)
        || !text.regionMatches(body.length(), checksum(body), 0, CHECKSUM_LENGTH)) {
      return Optional.empty();
    }
    return Optional.of(new KeyText(organization, text));
  }

  public String organization() {
    return organization;
  }

  /** The secret itself: to be shown once, never to be logged or stored. */
  public String reveal() {
    return text;
  }

  /** SHA-256 of the text in lower case hex: what is stored. */
  public String hash() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  public String lastFour() {
    return text.substring(text.length() - 4);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyText that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "*****" + lastFour();
  }

  private static String checksum(String body) {
    CRC32 crc = new CRC32();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    // Of every request: so not by way of BigInteger.
    char[] digits = new char[CHECKSUM_LENGTH];
    long rest = crc.getValue();
    for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
      digits[i] = BASE62.charAt((int) (rest % BASE62.length()));
      rest /= BASE62.length();
    }
    return new String(digits);
  }

  private static String secret(BigInteger number) {
    char[] digits = new char[SECRET_LENGTH];
    BigInteger rest = number;
    for (int i = SECRET_LENGTH - 1; i >= 0; i--) {
      BigInteger[] quotient = rest.divideAndRemainder(BigInteger.valueOf(BASE62.length()));
      digits[i] = BASE62.charAt(quotient[1].intValue());
      rest = quotient[0];
    }
    return new String(digits);
  }
}
