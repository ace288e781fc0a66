package dev.sluice.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
   * @param sentinelAuth the same for the sentinels
   * @param anyHost whether certificates of other hosts are good enough
   */
  static String url(
      String type,
      String addresses,
      String auth,
      String sentinelAuth,
      boolean tls,
      boolean anyHost) {
    if (addresses.startsWith("/")) {
      return addresses;
    }
    List<String> parameters = new ArrayList<>();
    if (tls && anyHost) {
      parameters.add("verifyPeer=ca");
    }
    if (!sentinelAuth.isEmpty() && type.equalsIgnoreCase("SENTINEL")) {
      parameters.add("sentinelAuth=" + encoded(sentinelAuth));
    }
    if (addresses.contains("://")) {
      return with(addresses, parameters);
    }
    String scheme = tls ? "rediss" : "redis";
    String credentials = auth.isEmpty() ? "" : encoded(auth) + "@";
    String more = parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
    return switch (type.toUpperCase(Locale.ROOT)) {
      case "", "SINGLE" -> scheme + "://" + credentials + addresses + more;
      case "CLUSTER" -> scheme + "+cluster://" + credentials + addresses + more;
      case "SENTINEL" -> {
        int comma = addresses.indexOf(',');
        String master = addresses.substring(0, Math.max(0, comma));
        String sentinels = addresses.substring(comma + 1);
        yield scheme + "-sentinel://" + credentials + sentinels + more + "#" + master;
      }
      default -> type + " " + addresses;
    };
  }

  /** A URL with what it does not say itself. */
  private static String with(String url, List<String> parameters) {
    int end = url.indexOf('#') < 0 ? url.length() : url.indexOf('#');
    StringBuilder whole = new StringBuilder(url.substring(0, end));
    for (String parameter : parameters) {
      String name = parameter.substring(0, parameter.indexOf('=') + 1);
      if (!url.contains("?" + name) && !url.contains("&" + name)) {
        whole.append(whole.indexOf("?") < 0 ? '?' : '&').append(parameter);
      }
    }
    return whole.append(url.substring(end)).toString();
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
