package dev.sluice.redis;

import java.time.Duration;
import java.util.Optional;

/**
 * How to reach Redis.
 *
 * @param url {@code redis://}, {@code rediss://} or {@code redis-sentinel://} as Lettuce reads
 *     them, or {@code redis+cluster://} ({@code rediss+cluster://} with TLS) followed by {@code
 *     user:password@} if needed and some nodes, {@code host:port,host:port}
 * @param deadline how long a call may take
 * @param callsInFlight per connection; one more fails at once
 * @param tls for a URL with TLS; empty believes the authorities of the JVM, and shows no
 *     certificate
 */
public record RedisOptions(
    String url, Duration deadline, int callsInFlight, Optional<RedisTls> tls) {
  public RedisOptions {
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("a deadline must be longer than zero: " + deadline);
    }
    if (callsInFlight < 1) {
      throw new IllegalArgumentException("callsInFlight must be 1 or more: " + callsInFlight);
    }
  }

  public RedisOptions(String url, Duration deadline, int callsInFlight) {
    this(url, deadline, callsInFlight, Optional.empty());
  }

  /** With the files of TLS. */
  public RedisOptions withTls(Optional<RedisTls> files) {
    return new RedisOptions(url, deadline, callsInFlight, files);
  }

  /** The defaults: 2 s, 10,000 calls. */
  public static RedisOptions of(String url) {
    return new RedisOptions(url, Duration.ofSeconds(2), 10_000);
  }

  /** The URL may hold a password. */
  @Override
  public String toString() {
    return "RedisOptions[" + RedisNodes.parse(url) + ", " + deadline + ", " + callsInFlight + "]";
  }
}
