package dev.sluice.account;

import dev.sluice.policy.LimitText;
import java.time.Duration;

/**
 * How old the secret of a key may grow before it must be rotated.
 *
 * @param warn from this age on it is shown as old
 * @param refuse from this age on it is refused
 */
public record KeyAge(Duration warn, Duration refuse) {
  public KeyAge {
    if (warn.isNegative() || warn.compareTo(refuse) > 0 || refuse.isZero()) {
      throw new InvalidRecord(
          "keyAge",
          "first comes the warning, then the refusal, but not %s and %s"
              .formatted(LimitText.period(warn), LimitText.period(refuse)));
    }
  }
}
