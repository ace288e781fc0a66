package dev.sluice.account;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * What is kept of the text of a key.
 *
 * @param hash SHA-256 of the text, in lower case hex
 * @param lastFour the last four characters of the text: all that logs and pages may show
 * @param issued when it was made; the epoch for those that are older than this record
 */
public record KeySecret(String hash, String lastFour, Instant issued) {
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern LAST_FOUR = Pattern.compile("[0-9A-Za-z]{4}");

  public KeySecret {
    if (!HASH.matcher(hash).matches()) {
      // Without the text: it may be a secret that was put into the wrong place.
      throw new InvalidRecord("secretHash", "is no SHA-256 in lower case hex");
    }
    if (!LAST_FOUR.matcher(lastFour).matches()) {
      throw new InvalidRecord("lastFour", "is not four letters or digits");
    }
  }

  public static KeySecret of(KeyText text, Instant issued) {
    return new KeySecret(text.hash(), text.lastFour(), issued);
  }

  @Override
  public String toString() {
    return "*****" + lastFour;
  }
}
