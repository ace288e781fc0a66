package dev.sluice.ratelimit;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads how much a {@code rate_limit} allows. {@code period} and {@code algorithm} are Sluice's
 * own: envoyproxy/ratelimit refuses a file that has them.
 */
final class LimitReader {
  private static final Pattern PERIOD = Pattern.compile("([1-9][0-9]{0,7})([smhd])");

  /** A script counts a rolling limit, with debt, in 32 bits. */
  private static final long MOST_ROLLING = Integer.MAX_VALUE;

  private LimitReader() {}

  /** Empty when there is none, or a problem. */
  static Optional<Limit> read(RuleFields fields, String name, RuleReading reading) {
    String given = fields.text("unit");
    Optional<Unit> unit = Unit.parse(given);
    Optional<Integer> period = period(fields, reading);
    Optional<Algorithm> algorithm = algorithm(fields, reading);
    long requests = fields.number("requests_per_unit");
    if (fields.truth("unlimited")) {
      if (unit.isPresent()) {
        reading.error(fields.node(), "should not specify rate limit unit when unlimited");
      }
      if (fields.has("period") || fields.has("algorithm")) {
        reading.error(fields.node(), "should not specify period or algorithm when unlimited");
      }
      return Optional.empty();
    }
    if (fields.has("period") && fields.has("unit")) {
      reading.error(fields.node(), "give either 'unit' or 'period'");
      return Optional.empty();
    }
    if (unit.isEmpty() && !fields.has("period")) {
      reading.error(fields.node(), "invalid rate limit unit '" + given + "'");
    }
    if (algorithm.equals(Optional.of(Algorithm.ROLLING)) && requests > MOST_ROLLING) {
      reading.error(
          fields.node(), "requests_per_unit of a rolling limit must be at most " + MOST_ROLLING);
      return Optional.empty();
    }
    return unit.map(Unit::seconds)
        .or(() -> period)
        .flatMap(seconds -> algorithm.map(how -> new Limit(requests, seconds, how, name)));
  }

  /** In seconds. */
  private static Optional<Integer> period(RuleFields fields, RuleReading reading) {
    if (!fields.has("period")) {
      return Optional.empty();
    }
    String text = fields.text("period");
    Optional<Integer> seconds = parse(text);
    if (seconds.isEmpty()) {
      reading.error(
          fields.node(),
          "invalid period '" + text + "': expected such as 90s, 15m, 12h or 30d, up to 365d");
    }
    return seconds;
  }

  private static Optional<Integer> parse(String text) {
    Matcher matcher = PERIOD.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Unit unit =
        switch (matcher.group(2)) {
          case "s" -> Unit.SECOND;
          case "m" -> Unit.MINUTE;
          case "h" -> Unit.HOUR;
          default -> Unit.DAY;
        };
    long seconds = Long.parseLong(matcher.group(1)) * unit.seconds();
    return seconds <= Unit.YEAR.seconds()
        ? Optional.of(Math.toIntExact(seconds))
        : Optional.empty();
  }

  private static Optional<Algorithm> algorithm(RuleFields fields, RuleReading reading) {
    String text = fields.text("algorithm");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "", "fixed" -> Optional.of(Algorithm.FIXED);
      case "rolling" -> Optional.of(Algorithm.ROLLING);
      default -> {
        reading.error(fields.node(), "invalid algorithm '" + text + "': expected fixed or rolling");
        yield Optional.empty();
      }
    };
  }
}
