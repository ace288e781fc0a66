package dev.sluice.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.Limit;
import dev.sluice.policy.OwnLimit;
import dev.sluice.policy.OwnLimits;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The field {@code limits} of a record: the words of {@code accounts.yaml}. */
final class LimitsJson {
  private static final String LIMITS = "limits";
  private static final String PER = "per";
  private static final String END_USER = "endUser";

  private LimitsJson() {}

  /** Adds the field, unless there are none. */
  static void write(OwnLimits limits, ObjectNode record) {
    if (limits.isEmpty()) {
      return;
    }
    ArrayNode written = record.putArray(LIMITS);
    for (OwnLimit own : limits.all()) {
      ObjectNode one = written.addObject();
      if (own.limit() instanceof Rate rate) {
        one.put("allowedRequests", rate.allowedRequests());
        one.put("periodSeconds", rate.period().toSeconds());
      } else {
        one.put("concurrency", own.limit().allowed());
      }
      own.model().ifPresent(model -> one.put("model", model));
      if (own.perEndUser()) {
        one.put(PER, END_USER);
      }
      if (own.limit().shadow()) {
        one.put("shadow", true);
      }
    }
  }

  /** Reads the field; passes over a kind of limit that is not known here. */
  static OwnLimits read(JsonNode record) {
    List<OwnLimit> limits = new ArrayList<>();
    try {
      for (JsonNode one : record.path(LIMITS)) {
        limit(one)
            .map(limit -> one.path("shadow").booleanValue() ? limit.inShadow() : limit)
            .map(
                limit ->
                    new OwnLimit(
                        limit, Optional.ofNullable(one.path("model").textValue()), one.has(PER)))
            .ifPresent(limits::add);
      }
      return new OwnLimits(limits);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(LIMITS + ": " + e.getMessage(), e);
    }
  }

  private static Optional<Limit> limit(JsonNode one) {
    if (one.has(PER) && !one.path(PER).asText().equals(END_USER)) {
      return Optional.empty();
    }
    if (one.path("allowedRequests").canConvertToLong()
        && one.path("periodSeconds").canConvertToLong()) {
      return Optional.of(
          new Rate(
              one.path("allowedRequests").longValue(),
              Duration.ofSeconds(one.path("periodSeconds").longValue())));
    }
    return one.path("concurrency").canConvertToLong()
        ? Optional.of(new Concurrency(one.path("concurrency").longValue()))
        : Optional.empty();
  }
}
