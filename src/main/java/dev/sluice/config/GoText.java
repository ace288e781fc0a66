package dev.sluice.config;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values as programs in Go read them, in the words of {@code sluice.yaml}. What they would not
 * understand is left as it is, to be reported as wrong.
 */
final class GoText {
  private static final Set<String> TRUE = Set.of("1", "t", "true");
  private static final Set<String> FALSE = Set.of("0", "f", "false");

  private static final Pattern PART =
      Pattern.compile("([0-9]{1,9}(?:\\.[0-9]{1,9})?)(ns|us|µs|ms|s|m|h)");
  private static final Pattern DURATION = Pattern.compile("(?:" + PART.pattern() + ")+");
  private static final Map<String, BigDecimal> MILLIS =
      Map.of(
          "ns",
          new BigDecimal("0.000001"),
          "us",
          new BigDecimal("0.001"),
          "µs",
          new BigDecimal("0.001"),
          "ms",
          BigDecimal.ONE,
          "s",
          BigDecimal.valueOf(1_000),
          "m",
          BigDecimal.valueOf(60_000),
          "h",
          BigDecimal.valueOf(3_600_000));

  private static final Map<String, String> LEVELS =
      Map.of("panic", "error", "fatal", "error", "warning", "warn", "trace", "debug");

  private GoText() {}

  /** {@code true} or {@code false}. */
  static String truth(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (TRUE.contains(lower)) {
      return "true";
    }
    return FALSE.contains(lower) ? "false" : text;
  }

  static boolean isTrue(String text) {
    return truth(text).equals("true");
  }

  /** In seconds, or, where these do not do, in milliseconds: {@code 1h30m} is {@code 5400s}. */
  static String duration(String text) {
    if (text.equals("0")) {
      return "0s";
    }
    if (!DURATION.matcher(text).matches()) {
      return text;
    }
    BigDecimal millis = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      millis = millis.add(new BigDecimal(part.group(1)).multiply(MILLIS.get(part.group(2))));
    }
    long whole = millis.longValue();
    return whole % 1_000 == 0 ? whole / 1_000 + "s" : whole + "ms";
  }

  /** The same of an age, of which 0 means that there is no end. */
  static String age(String text) {
    String duration = duration(text);
    return duration.equals("0s") ? "8760h" : duration;
  }

  /** A level of logrus. */
  static String level(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return LEVELS.getOrDefault(lower, lower);
  }
}
