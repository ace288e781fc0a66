package dev.sluice.admission;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * For whom the holder of a key asks, by the holder's own word.
 *
 * @param id what tells them apart: a hash, because the name is somebody's; or that none was named
 */
public record EndUser(String id) {
  /** All whom nobody names: together, so that to name none evades no limit. */
  public static final EndUser UNNAMED = new EndUser("unnamed");

  private static final int HASHED_BYTES = 16;

  /** The one with this name; the empty name is none. */
  public static EndUser named(String name) {
    if (name.isEmpty()) {
      return UNNAMED;
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return new EndUser(HexFormat.of().formatHex(hash, 0, HASHED_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
