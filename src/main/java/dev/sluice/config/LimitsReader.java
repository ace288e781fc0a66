package dev.sluice.config;

import dev.sluice.policy.Concurrency;
import dev.sluice.policy.Limit;
import dev.sluice.policy.OwnLimit;
import dev.sluice.policy.OwnLimits;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code limits} of a record. */
final class LimitsReader {
  private LimitsReader() {}

  static OwnLimits read(Field field) {
    List<OwnLimit> limits = new ArrayList<>();
    for (Field item : field.items()) {
      item.required().map(fields -> limit(fields, item)).ifPresent(limits::add);
    }
    try {
      return new OwnLimits(limits);
    } catch (IllegalArgumentException e) {
      field.error(String.valueOf(e.getMessage()));
      return OwnLimits.NONE;
    }
  }

  private static Optional<OwnLimit> limit(Fields fields, Field item) {
    Optional<String> model = fields.field("model").text();
    boolean perEndUser =
        fields
            .field("per")
            .value("endUser", text -> Optional.of(text).filter("endUser"::equals))
            .isPresent();
    boolean shadow = fields.field("shadow").trueOrFalse().orElse(false);
    Field concurrency = fields.field("concurrency");
    boolean rate = fields.has("allowedRequests") || fields.has("periodSeconds");
    if (rate == concurrency.isPresent()) {
      fields.ignore("allowedRequests", "periodSeconds");
      item.error(
          "expected either allowedRequests with periodSeconds, or concurrency, found "
              + (rate ? "both" : "neither"));
      return Optional.empty();
    }
    Optional<? extends Limit> limit =
        rate ? rate(fields) : concurrency.wholeNumber(0L, Concurrency.MOST).map(Concurrency::new);
    return limit.map(one -> new OwnLimit(shadow ? one.inShadow() : one, model, perEndUser));
  }

  private static Optional<Rate> rate(Fields fields) {
    Optional<Long> allowed =
        fields.field("allowedRequests").required().wholeNumber(0, OwnLimit.MOST_REQUESTS);
    Optional<Long> period =
        fields
            .field("periodSeconds")
            .required()
            .wholeNumber(1L, BlockReader.LONGEST_PERIOD_SECONDS);
    return allowed.isPresent() && period.isPresent()
        ? Optional.of(new Rate(allowed.get(), Duration.ofSeconds(period.get())))
        : Optional.empty();
  }
}
