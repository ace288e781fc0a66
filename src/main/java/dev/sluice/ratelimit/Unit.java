package dev.sluice.ratelimit;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The usual lengths of a window. A month has 30 days and a year 365: windows never follow a
 * calendar.
 */
public enum Unit {
  SECOND(1, 1),
  MINUTE(2, 60),
  HOUR(3, 60 * 60),
  DAY(4, 24 * 60 * 60),
  WEEK(7, 7 * 24 * 60 * 60),
  MONTH(5, 30 * 24 * 60 * 60),
  YEAR(6, 365 * 24 * 60 * 60);

  private static final List<Unit> ALL = List.of(values());

  private final int number;
  private final int seconds;

  Unit(int number, int seconds) {
    this.number = number;
    this.seconds = seconds;
  }

  /** As Envoy's protocol numbers it, in requests and in answers. */
  public int number() {
    return number;
  }

  public int seconds() {
    return seconds;
  }

  /** As rule files write it, whatever the case. */
  public static Optional<Unit> parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    for (Unit unit : ALL) {
      if (unit.name().equals(name)) {
        return Optional.of(unit);
      }
    }
    return Optional.empty();
  }

  /** Empty for 0, which is Envoy's UNKNOWN, and for numbers of later protocols. */
  public static Optional<Unit> byNumber(int number) {
    for (Unit unit : ALL) {
      if (unit.number == number) {
        return Optional.of(unit);
      }
    }
    return Optional.empty();
  }

  /** Empty for a length that the protocol has no name for. */
  public static Optional<Unit> bySeconds(int seconds) {
    for (Unit unit : ALL) {
      if (unit.seconds == seconds) {
        return Optional.of(unit);
      }
    }
    return Optional.empty();
  }
}
