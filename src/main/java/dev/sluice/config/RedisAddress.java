package dev.sluice.config;

import java.util.Optional;
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
  private static final String HOST = "(?:[A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?";
  private static final String CREDENTIALS = "(?:[^/?#]*@)?";
  private static final String REST = "(?:/[0-9]*)?(?:\\?[^#]*)?";
  private static final Pattern URL =
      Pattern.compile(
          ("rediss?://" + CREDENTIALS + HOST + REST)
              + ("|rediss?-sentinel://" + CREDENTIALS + HOST + "(?:," + HOST + ")*" + REST)
              + "#.+"
              + ("|rediss?\\+cluster://" + CREDENTIALS + HOST + "(?:," + HOST + ")*" + REST));

  private final String text;

  private RedisAddress(String text) {
    this.text = text;
  }

  /** Empty when the text is neither a Redis URL nor {@code embedded}. */
  public static Optional<RedisAddress> parse(String text) {
    return text.equals(EMBEDDED) || URL.matcher(text).matches()
        ? Optional.of(new RedisAddress(text))
        : Optional.empty();
  }

  public boolean embedded() {
    return text.equals(EMBEDDED);
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

  /** The URL with {@code *****} in place of user and password. */
  @Override
  public String toString() {
    int at = text.lastIndexOf('@');
    return at < 0
        ? text
        : text.substring(0, text.indexOf("://") + 3) + "*****" + text.substring(at);
  }
}
