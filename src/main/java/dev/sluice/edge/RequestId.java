package dev.sluice.edge;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The ids of requests.
 *
 * <p>There are two. The one that clients see, {@code x-request-id}, may be their own: it is for
 * finding a request in logs. The id of a hold is ours alone: a client that could choose it could
 * run many requests on one charge.
 */
public final class RequestId {
  private static final int LONGEST = 128;

  /** Of a sane id, besides letters and digits. */
  private static final String SIGNS = "._:/+=@-";

  private final SecureRandom random = new SecureRandom();

  /** The client's own id where it sent a sane one, else a new one. */
  public String shown(Optional<String> header) {
    return header.filter(RequestId::sane).orElseGet(RequestId::fresh);
  }

  /** Of every request: so not by way of a pattern. */
  private static boolean sane(String id) {
    if (id.isEmpty() || id.length() > LONGEST) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && SIGNS.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  /** The unguessable id of a hold. */
  public String hold() {
    byte[] bits = new byte[16];
    random.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  private static String fresh() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return "req_"
        + HexFormat.of().toHexDigits(random.nextLong())
        + HexFormat.of().toHexDigits(random.nextLong());
  }
}
