package dev.sluice.config;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Where Redis is, as envoyproxy/ratelimit's environment says it, as a URL. */
final class ReferenceRedis {
  private ReferenceRedis() {}

  /**
   * The URL; whatever is not understood is left as it is, to be reported as wrong.
   *
   * @param type {@code SINGLE}, {@code SENTINEL} (the addresses begin with the master's name) or
   *     {@code CLUSTER}
   * @param addresses {@code host:port}, or several with commas in between, or a URL
   * @param auth {@code user:password}, or a password, or nothing
   */
  static String url(String type, String addresses, String auth, boolean tls) {
    if (addresses.contains("://") || addresses.startsWith("/")) {
      return addresses;
    }
    String scheme = tls ? "rediss" : "redis";
    String credentials = auth.isEmpty() ? "" : encoded(auth) + "@";
    return switch (type.toUpperCase(Locale.ROOT)) {
      case "", "SINGLE" -> scheme + "://" + credentials + addresses;
      case "CLUSTER" -> scheme + "+cluster://" + credentials + addresses;
      case "SENTINEL" -> {
        int comma = addresses.indexOf(',');
        String master = addresses.substring(0, Math.max(0, comma));
        yield scheme + "-sentinel://" + credentials + addresses.substring(comma + 1) + "#" + master;
      }
      default -> type + " " + addresses;
    };
  }

  /** The colon between user and password stays. */
  private static String encoded(String auth) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : auth.getBytes(StandardCharsets.UTF_8)) {
      char letter = (char) (each & 0xFF);
      boolean plain =
          (letter >= 'a' && letter <= 'z')
              || (letter >= 'A' && letter <= 'Z')
              || (letter >= '0' && letter <= '9')
              || ":._~-".indexOf(letter) >= 0;
      if (plain) {
        encoded.append(letter);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", (int) letter));
      }
    }
    return encoded.toString();
  }
}
