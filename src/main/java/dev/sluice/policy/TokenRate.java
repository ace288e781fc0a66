package dev.sluice.policy;

import java.time.Duration;

/**
 * A rate of tokens, prompt and completion together: {@code allowedTokens} of an entry of {@code
 * rates}. Read and shown; nothing counts tokens yet.
 *
 * @param allowedTokens 0 or more
 * @param period as that of a {@link Rate}
 * @param shadow as that of a {@link Rate}
 */
public record TokenRate(long allowedTokens, Duration period, boolean shadow) {
  public TokenRate {
    if (allowedTokens < 0) {
      throw new IllegalArgumentException("allowedTokens must be 0 or more: " + allowedTokens);
    }
    Rate.checkPeriod(period);
  }

  /** The same in shadow. */
  public TokenRate inShadow() {
    return new TokenRate(allowedTokens, period, true);
  }
}
