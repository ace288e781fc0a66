package dev.sluice.edge;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The ids of requests.
 *
 * <p>There are two. The one that clients see, {@code x-request-id}, may be their own: it is for
 * finding a request in logs. The id of a hold is ours alone: a client that could choose it could
 * run many requests on one charge.
 */
public final class RequestId {
  private static final Pattern SANE = Pattern.compile("[A-Za-z0-9._:/+=@-]{1,128}");

  private final SecureRandom random = new SecureRandom();

  /** The client's own id where it sent a sane one, else a new one. */
  public String shown(Optional<String> header) {
    return header.filter(id -> SANE.matcher(id).matches()).orElseGet(RequestId::fresh);
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
