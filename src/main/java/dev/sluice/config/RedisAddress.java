package dev.sluice.config;

import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where Redis is: a URL, or {@code embedded} for the one that Sluice starts itself.
 *
 * <p>The URL may hold a password, so {@link #toString} hides the credentials.
 */
public final class RedisAddress {
  static final String EXPECTED =
      "embedded, or a URL: redis://user:password@host:6379/0, the same with rediss://,"
          + " redis-sentinel://host:26379,host:26379/0#master, redis+cluster://host:6379,host:6379";

  private static final String EMBEDDED = "embedded";

  /** What may stand in a URL before the @ as it is; everything else in percent-encoding. */
  private static final String CREDENTIALS = "(?:[A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2})*@";

  /** The same in a parameter. */
  private static final String AUTH = "(?:[A-Za-z0-9._~:-]|%[0-9A-Fa-f]{2})";

  private static final String PARAMETER =
      "(?:timeout=[0-9]{1,9}(?:ns|us|ms|s|m|h|d)?|verifyPeer=(?i:none|ca|full)"
          + "|clientName=[A-Za-z0-9._-]+|sentinelAuth="
          + AUTH
          + "+)";
  private static final Pattern URL =
      Pattern.compile(
          "rediss?(?<kind>|-sentinel|\\+cluster)://"
              + ("(?:" + CREDENTIALS + ")?(?<hosts>[^@/?#]+)(?:/(?<database>[0-9]*))?")
              + ("(?:\\?" + PARAMETER + "(?:&" + PARAMETER + ")*)?")
              + "(?<master>#[A-Za-z0-9._-]+)?");

  private final String text;

  private RedisAddress(String text) {
    this.text = text;
  }

  /** Empty when the text is neither a Redis URL nor {@code embedded}. */
  public static Optional<RedisAddress> parse(String text) {
    return text.equals(EMBEDDED) || url(text)
        ? Optional.of(new RedisAddress(text))
        : Optional.empty();
  }

  /** As strict as the client, which reads it only when the server starts. */
  private static boolean url(String text) {
    Matcher url = URL.matcher(text);
    if (!url.matches()) {
      return false;
    }
    String kind = url.group("kind");
    String[] hosts = url.group("hosts").split(",", -1);
    boolean sentinel = kind.equals("-sentinel");
    return (url.group("master") != null) == sentinel
        && (sentinel || !text.contains("sentinelAuth="))
        && (hosts.length == 1 || !kind.isEmpty())
        && Arrays.stream(hosts).allMatch(host -> host(host) && !(sentinel && host.startsWith("[")))
        && database(Optional.ofNullable(url.group("database")).orElse(""), kind);
  }

  private static boolean host(String text) {
    try {
      // Else a name that is none would be taken for the host together with its port.
      int port = new URI("redis://" + text).parseServerAuthority().getPort();
      return port <= 65_535 && port != 0 && !text.endsWith(":");
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** A cluster has but one. */
  private static boolean database(String digits, String kind) {
    return digits.isEmpty()
        || (kind.equals("+cluster")
            ? digits.equals("0")
            : new BigInteger(digits).bitLength() < Integer.SIZE);
  }

  public boolean embedded() {
    return text.equals(EMBEDDED);
  }

  public boolean tls() {
    return text.startsWith("rediss");
  }

  /** The URL with its password: for the client only, never to be logged. */
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RedisAddress that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The URL with {@code *****} in place of users and passwords. */
  @Override
  public String toString() {
    String shown = text.replaceAll("sentinelAuth=[^&#]*", "sentinelAuth=*****");
    int at = shown.lastIndexOf('@');
    return at < 0
        ? shown
        : shown.substring(0, shown.indexOf("://") + 3) + "*****" + shown.substring(at);
  }
}
