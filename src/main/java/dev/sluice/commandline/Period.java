package dev.sluice.commandline;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** Reads a time like {@code 12h} or {@code 90d}; {@code 0} is none. */
final class Period implements CommandLine.ITypeConverter<Duration> {
  private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,4})([mhd])");

  @Override
  public Duration convert(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new CommandLine.TypeConversionException(
          "expected 1 to 99999 minutes, hours or days, as 30m, 12h or 90d; found '" + text + "'");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
