package dev.sluice.config;

import dev.sluice.config.SluiceConfig.RateLimit;
import dev.sluice.config.SluiceConfig.ResponseHeaders;
import dev.sluice.ratelimit.OutageAnswer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code rateLimit} of {@code sluice.yaml}: the settings of Envoy's descriptor limits. */
final class RateLimitReader {
  private static final Duration DAY = Duration.ofHours(24);
  private static final Pattern RATIO = Pattern.compile("0?\\.[0-9]{1,9}|0|1|1\\.0{1,9}");

  /** RFC 9110, 5.6.2. */
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  private RateLimitReader() {}

  /**
   * @param file of the settings, beside which relative paths start
   */
  static RateLimit read(Fields fields, Path file) {
    return new RateLimit(
        SluiceReader.path(fields.field("directory")).map(file::resolveSibling),
        fields.field("keyPrefix").text().orElse(""),
        fields.field("timeout").duration(Duration.ofMillis(1), DAY).orElse(Duration.ofMillis(15)),
        fields.field("localCacheBytes").wholeNumber(0, Long.MAX_VALUE).orElse(0L),
        ratio(fields.field("nearLimitRatio")),
        fields.field("expiryJitter").duration(Duration.ZERO, DAY).orElse(Duration.ofMinutes(5)),
        fields.field("stopWhenOver").trueOrFalse().orElse(false),
        fields.field("shadowMode").trueOrFalse().orElse(false),
        fields.field("quotaMode").trueOrFalse().orElse(false),
        fields.field("responseHeaders").map(RateLimitReader::headers),
        fields.field("dynamicMetadata").trueOrFalse().orElse(false),
        fields
            .field("perSecondRedis")
            .secret()
            .value(
                "the URL of a Redis, as that of redis",
                text -> RedisAddress.parse(text).filter(address -> !address.embedded())),
        fields.field("outage").oneOf(OutageAnswer.class).orElse(OutageAnswer.ERROR));
  }

  private static float ratio(Field field) {
    return field
        .value(
            "a number from 0 to 1, such as 0.8",
            text -> Optional.of(text).filter(RATIO.asMatchPredicate()).map(Float::parseFloat))
        .orElse(0.8f);
  }

  private static Optional<ResponseHeaders> headers(Fields fields) {
    boolean enabled = fields.field("enabled").trueOrFalse().orElse(false);
    ResponseHeaders names =
        new ResponseHeaders(
            header(fields.field("limit")).orElse("RateLimit-Limit"),
            header(fields.field("remaining")).orElse("RateLimit-Remaining"),
            header(fields.field("reset")).orElse("RateLimit-Reset"));
    return enabled ? Optional.of(names) : Optional.empty();
  }

  private static Optional<String> header(Field field) {
    return field.value(
        "the name of a header", text -> Optional.of(text).filter(HEADER.asMatchPredicate()));
  }
}
