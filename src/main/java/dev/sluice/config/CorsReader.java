package dev.sluice.config;

import dev.sluice.config.SluiceConfig.Cors;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads {@code cors} of the gateway. */
final class CorsReader {
  private static final String ANY = "*";

  /** As browsers write it: without a path, in lower case, the port only where it is another one. */
  private static final Pattern ORIGIN =
      Pattern.compile(
          "(?!http://[^:]+:80$|https://[^:]+:443$)"
              + "https?://[a-z0-9-]+(\\.[a-z0-9-]+)*(:[1-9][0-9]{0,4})?");

  /** RFC 9110, 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  /** What a gateway's clients call. */
  private static final Set<String> METHODS = Set.of("GET", "POST");

  /** What SDKs read. */
  private static final Set<String> EXPOSED =
      Set.of(
          "x-request-id",
          "x-ratelimit-limit-requests",
          "x-ratelimit-remaining-requests",
          "x-ratelimit-reset-requests",
          "x-ratelimit-limit-requests-day",
          "x-ratelimit-remaining-requests-day",
          "x-ratelimit-reset-requests-day",
          "x-ratelimit-limit-tokens",
          "x-ratelimit-remaining-tokens",
          "x-ratelimit-reset-tokens",
          "retry-after",
          "retry-after-ms",
          "x-should-retry",
          "x-sluice-warning",
          "x-sluice-would-refuse",
          "deprecation",
          "sunset",
          "link");

  private CorsReader() {}

  /** Empty when there is none, or one that is wrong. */
  static Optional<Cors> read(Field field) {
    return field.absent() ? Optional.empty() : field.map(CorsReader::cors);
  }

  private static Optional<Cors> cors(Fields fields) {
    Field origins = fields.field("origins").required();
    Set<String> allowed =
        each(
            origins,
            "an origin as browsers send it, such as https://app.example.com or"
                + " http://localhost:3000 (no path, no default port, lower case), or \"*\"",
            text -> text.equals(ANY) || ORIGIN.matcher(text).matches());
    Set<String> methods =
        each(
            fields.field("methods"),
            "a method in upper case, such as POST",
            text -> TOKEN.matcher(text).matches() && text.equals(text.toUpperCase(Locale.ROOT)));
    Set<String> headers = headers(fields.field("headers"));
    Set<String> exposed = headers(fields.field("exposedHeaders"));
    Duration maxAge =
        fields
            .field("maxAge")
            .duration(Duration.ZERO, Duration.ofHours(24))
            .orElse(Duration.ofMinutes(10));
    Field credentialsField = fields.field("credentials");
    boolean credentials = credentialsField.trueOrFalse().orElse(false);
    if (allowed.contains(ANY) && allowed.size() > 1) {
      origins.error("\"*\" is any origin; remove it, or the others");
      return Optional.empty();
    }
    if (allowed.contains(ANY) && credentials) {
      credentialsField.error(
          "browsers send no credentials where any origin is allowed; list origins");
      return Optional.empty();
    }
    return allowed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Cors(
                allowed,
                methods.isEmpty() ? METHODS : methods,
                headers,
                exposed.isEmpty() ? EXPOSED : exposed,
                maxAge,
                credentials));
  }

  private static Set<String> headers(Field field) {
    return each(field, "the name of a header", text -> TOKEN.matcher(text).matches());
  }

  private static Set<String> each(Field field, String expected, Predicate<String> right) {
    Set<String> texts = new LinkedHashSet<>();
    List<Field> items = field.items();
    for (Field item : items) {
      item.required()
          .value(expected, text -> Optional.of(text).filter(right))
          .ifPresent(texts::add);
    }
    return texts;
  }
}
