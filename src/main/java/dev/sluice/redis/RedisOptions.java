package dev.sluice.redis;

import java.time.Duration;

/**
 * How to reach Redis.
 *
 * @param url {@code redis://}, {@code rediss://} or {@code redis-sentinel://} as Lettuce reads
 *     them, or {@code redis+cluster://} ({@code rediss+cluster://} with TLS) followed by {@code
 *     user:password@} if needed and some nodes, {@code host:port,host:port}
 * @param deadline how long a call may take
 * @param callsInFlight per connection; one more fails at once
 */
public record RedisOptions(String url, Duration deadline, int callsInFlight) {
  public RedisOptions {
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("a deadline must be longer than zero: " + deadline);
    }
    if (callsInFlight < 1) {
      throw new IllegalArgumentException("callsInFlight must be 1 or more: " + callsInFlight);
    }
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
