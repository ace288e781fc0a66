package dev.sluice.policy;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How own limits are written on one line: {@code 100/1m}, {@code running=5}, {@code
 * 1000/1d:gpt-oss-120b} for one model, {@code 10/1m@end-user} for each end user, {@code
 * shadow:100/1m} for one that is not enforced.
 */
public final class LimitText {
  /** In the place of a list of them. */
  public static final String NONE = "none";

  private static final Pattern FORM =
      Pattern.compile(
          "(shadow:)?(?:([0-9]{1,40})/([0-9]{1,40})([smhd])|running=([0-9]{1,40}))"
              + "(@end-user)?(?::(.+))?",
          Pattern.DOTALL);

  private static final String SHADOW = "shadow:";
  private static final String PER_END_USER = "@end-user";

  private LimitText() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException that says what is wrong with it
   */
  public static OwnLimit parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "expected a rate as 100/1m (a period in s, m, h or d), or running=5 for the number that"
              + " may run at once; @end-user behind it when each end user is counted separately, then"
              + " :MODEL when it is for one model; shadow: in front of it when it is not enforced");
    }
    Limit limit =
        form.group(5) == null
            ? new Rate(
                number(form.group(2), OwnLimit.MOST_REQUESTS, "allowedRequests"),
                period(form.group(3), form.group(4)))
            : new Concurrency(number(form.group(5), Concurrency.MOST, "concurrency"));
    return new OwnLimit(
        form.group(1) == null ? limit : limit.inShadow(),
        Optional.ofNullable(form.group(7)),
        form.group(6) != null);
  }

  /** Writes one. */
  public static String of(OwnLimit own) {
    String of =
        (own.perEndUser() ? PER_END_USER : "") + own.model().map(name -> ":" + name).orElse("");
    String shadow = own.limit().shadow() ? SHADOW : "";
    return own.limit() instanceof Rate rate
        ? shadow + rate.allowedRequests() + "/" + period(rate.period()) + of
        : shadow + "running=" + own.limit().allowed() + of;
  }

  private static long number(String digits, long most, String what) {
    if (new BigInteger(digits).compareTo(BigInteger.valueOf(most)) > 0) {
      throw new IllegalArgumentException(
          "%s must be 0 to %d, not %s".formatted(what, most, digits));
    }
    return Long.parseLong(digits);
  }

  private static Duration period(String number, String unit) {
    if (number.length() > 9) {
      throw new IllegalArgumentException(
          "period must be 1 s to 366 days, not %s%s".formatted(number, unit));
    }
    long count = Long.parseLong(number);
    return switch (unit) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  /** Writes a time as it is written in limits and settings: {@code 90s}, {@code 2h}, {@code 7d}. */
  public static String period(Duration period) {
    if (period.toMillisPart() != 0) {
      return period.toMillis() + "ms";
    }
    long seconds = period.toSeconds();
    if (seconds == 0) {
      return "0s";
    }
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    } else if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
