package dev.sluice.comparison;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The series of a scrape that are about rate limits and have counted something. */
final class Exposition {
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private Exposition() {}

  static Map<String, Double> series(String text) {
    Map<String, Double> series = new TreeMap<>();
    text.lines()
        .filter(line -> line.startsWith("ratelimit_service_"))
        // How long it took differs with each run, and other methods are not about rate limits.
        .filter(line -> !line.matches("\\w+_seconds_(sum|bucket|created).*"))
        .filter(line -> !line.contains("grpc_method=") || line.contains("\"ShouldRateLimit\""))
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              double value = Double.parseDouble(line.substring(space + 1));
              if (value != 0) {
                series.put(name(line.substring(0, space)), value);
              }
            });
    return series;
  }

  /** To Prometheus an empty label is none, and the order of labels means nothing. */
  private static String name(String series) {
    int brace = series.indexOf('{');
    if (brace < 0) {
      return series;
    }
    String labels =
        LABEL
            .matcher(series.substring(brace))
            .results()
            .filter(label -> !label.group(2).isEmpty())
            .map(MatchResult::group)
            .sorted()
            .collect(Collectors.joining(","));
    return series.substring(0, brace) + "{" + labels + "}";
  }
}
