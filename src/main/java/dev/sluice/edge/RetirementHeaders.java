package dev.sluice.edge;

import dev.sluice.policy.Retirement;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/**
 * What tells a client's machinery that its model goes: {@code Deprecation} (RFC 9745), {@code
 * Sunset} (RFC 8594) and {@code Link} with {@code successor-version} (RFC 5829).
 */
final class RetirementHeaders {
  /** RFC 9110, 5.6.7; Java's own RFC 1123 leaves out the zero of a day. */
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private RetirementHeaders() {}

  static void add(String model, Retirement retirement, Map<String, String> headers) {
    retirement
        .deprecated()
        .ifPresent(since -> headers.put("deprecation", "@" + since.getEpochSecond()));
    retirement.sunset().ifPresent(end -> headers.put("sunset", HTTP_DATE.format(end)));
    // The anchor says of what it is the successor: of the model, not of the path that was called.
    retirement
        .successor()
        .ifPresent(
            next ->
                headers.put(
                    "link",
                    "<%s>; rel=\"successor-version\"; anchor=\"%s\""
                        .formatted(path(next), path(model))));
  }

  /** The model's place in the API. */
  private static String path(String model) {
    return "/v1/models/" + URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
