package dev.sluice.edge.decisions;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.Names;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Refusal;
import dev.sluice.edge.Decided;
import dev.sluice.edge.ErrorBody;
import dev.sluice.edge.Facts;
import dev.sluice.edge.LimitJson;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What became of a request, as one line of JSON; docs/explain.md has its fields. */
final class DecidedJson {
  /** Of a model, which a client may have made up. */
  private static final int LONGEST_NAME = 256;

  /** With all three digits, so that lines sort as texts. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private DecidedJson() {}

  /** Without the end of the line; of some 2,000 characters at most. */
  static String line(Decided decided) {
    Facts facts = decided.facts();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("time", TIME.format(decided.time()));
    json.put("requestId", facts.requestId());
    json.put("door", decided.door());
    json.put("decision", facts.decision());
    decided.refusal().ifPresent(refusal -> json.put("status", refusal.answer().status()));
    facts
        .caller()
        .ifPresent(
            caller -> {
              json.put("organization", caller.organization().id());
              json.put("project", caller.project().id());
              json.put("user", caller.user().id());
              json.put("key", caller.key().id());
              json.put("tier", caller.tier());
            });
    facts.model().ifPresent(model -> json.put("model", bounded(model)));
    facts.qos().ifPresent(qos -> json.put("qos", qos));
    facts.wouldRefuse().ifPresent(reason -> json.put("wouldRefuse", reason));
    decided
        .refusal()
        .ifPresent(
            refusal -> {
              limit(refusal.why())
                  .ifPresent(limit -> LimitJson.write(limit, json.putObject("limit")));
              if (refusal.why() instanceof Refusal.ShareExceeded share) {
                LimitJson.write(share, json.putObject("limit"));
              }
              refusal
                  .answer()
                  .error()
                  .map(ErrorBody::message)
                  .ifPresent(message -> json.put("message", Names.line(message)));
            });
    decided.took().ifPresent(took -> json.put("tookMillis", micros(took) / 1000.0));
    return json.toString();
  }

  private static Optional<EvaluatedLimit> limit(Refusal why) {
    if (why instanceof Refusal.RateExceeded rate) {
      return Optional.of(rate.limit());
    }
    if (why instanceof Refusal.EndUsersExceeded users) {
      return Optional.of(users.limit());
    }
    return why instanceof Refusal.ConcurrencyExceeded running
        ? Optional.of(running.limit())
        : Optional.empty();
  }

  private static double micros(Duration time) {
    return TimeUnit.NANOSECONDS.toMicros(time.toNanos());
  }

  private static String bounded(String name) {
    return Names.line(
        name.length() > LONGEST_NAME ? name.substring(0, LONGEST_NAME) + "..." : name);
  }
}
