package dev.sluice.demo;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/** Durations as people write them: {@code 50ms}, {@code 2s}, {@code 1m}; at most ten minutes. */
final class DurationText implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m)");
  private static final Duration MAX = Duration.ofMinutes(10);

  @Override
  public Duration convert(String text) {
    return parse(text);
  }

  /**
   * @throws IllegalArgumentException that says what is expected
   */
  static Duration parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            default -> Duration.ofMinutes(amount);
          };
      if (duration.compareTo(MAX) <= 0) {
        return duration;
      }
    }
    throw new IllegalArgumentException(
        "expected a duration such as 50ms, 2s or 1m, at most 10m, but got '" + text + "'");
  }
}
