package dev.sluice.account;

import java.time.Duration;
import java.time.Instant;

/**
 * That a key which is honoured now will not be for long.
 *
 * @param age of its text
 * @param end from when on it is refused
 */
public record KeyWarning(Cause cause, Duration age, Instant end) {
  /** Why it will end. */
  public enum Cause {
    /** Its organization says how old a text may grow. */
    OLD,
    /** It was rotated, and this is the text of before. */
    ROTATED,
    /** Its own expiry is near. */
    EXPIRING
  }
}
