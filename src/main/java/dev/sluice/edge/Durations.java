package dev.sluice.edge;

import java.time.Duration;

/** Durations as clients and people read them. */
public final class Durations {
  private Durations() {}

  /** As OpenAI's reset headers: {@code 12ms}, {@code 1.5s}, {@code 6m0s}, {@code 1h2m3s}. */
  public static String compact(Duration duration) {
    long millis = Math.max(0, duration.toMillis());
    if (millis < 1000) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    String fraction = fraction(millis % 1000);
    if (seconds < 60) {
      return seconds + fraction + "s";
    }
    long minutes = seconds / 60;
    String rest = minutes % 60 + "m" + seconds % 60 + "s";
    return minutes < 60 ? rest : minutes / 60 + "h" + rest;
  }

  /** A period in words: {@code minute}, {@code 30 seconds}, {@code day}. */
  public static String period(Duration period) {
    long seconds = period.toSeconds();
    if (seconds % 86_400 == 0) {
      return count(seconds / 86_400, "day");
    }
    if (seconds % 3600 == 0) {
      return count(seconds / 3600, "hour");
    }
    if (seconds % 60 == 0) {
      return count(seconds / 60, "minute");
    }
    return count(seconds, "second");
  }

  private static String count(long number, String unit) {
    return number == 1 ? unit : number + " " + unit + "s";
  }

  /** {@code .5} of 500 ms. Every response has it, so not by String.format: that takes 0.7 µs. */
  private static String fraction(long millis) {
    if (millis == 0) {
      return "";
    }
    String digits = Long.toString(1000 + millis);
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return "." + digits.substring(1, end);
  }
}
