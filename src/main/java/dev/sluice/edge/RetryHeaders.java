package dev.sluice.edge;

import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * When to come again, as the OpenAI SDKs understand it.
 *
 * <p>They add no jitter to a delay that a server names, so it is added here; they honour at most 60
 * s (Node), 120 s (Python) or sleep for however long it says (Java), so a longer wait is not named
 * but forbidden: {@code x-should-retry: false}.
 */
final class RetryHeaders {
  static final Duration LONGEST = Duration.ofSeconds(60);
  private static final long SHORTEST_MILLIS = 1000;

  private final RandomGenerator random;

  RetryHeaders(RandomGenerator random) {
    this.random = random;
  }

  /** Names a delay of 1 to 60 s that is not before {@code wait}, or forbids the retry. */
  void after(Duration wait, Map<String, String> headers) {
    if (wait.compareTo(LONGEST) > 0) {
      never(headers);
      return;
    }
    long base = Math.max(SHORTEST_MILLIS, wait.toMillis());
    long jittered = base + random.nextLong(base / 10 + 250);
    long millis = Math.min(LONGEST.toMillis(), jittered);
    headers.put("retry-after", Long.toString((millis + 999) / 1000));
    headers.put("retry-after-ms", Long.toString(millis));
  }

  /** Tells the SDKs not to retry on their own. */
  void never(Map<String, String> headers) {
    headers.put("x-should-retry", "false");
  }
}
