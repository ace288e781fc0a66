package dev.sluice.edge.openai;

import static java.util.concurrent.CompletableFuture.completedFuture;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Caller;
import dev.sluice.account.KeyAge;
import dev.sluice.account.RecordKind;
import dev.sluice.account.Standing;
import dev.sluice.admission.Admission;
import dev.sluice.admission.EndUser;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.KeyLimits;
import dev.sluice.edge.Answer;
import dev.sluice.edge.Refusals;
import dev.sluice.policy.EndUsers;
import dev.sluice.policy.Limit;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/key}: what a key is, may do, and has left; to whoever has it. */
final class KeyInfo {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Admission admission;
  private final KeyLimits limits;
  private final Refusals refusals;
  private final InstantSource clock;

  KeyInfo(Admission admission, KeyLimits limits, Refusals refusals, InstantSource clock) {
    this.admission = admission;
    this.limits = limits;
    this.refusals = refusals;
    this.clock = clock;
  }

  /**
   * The answer to a caller.
   *
   * @param model whose limits are asked for; empty: all that the key may call
   * @param endUser of whom limits per end user are told
   */
  CompletionStage<Answer> answer(
      Caller caller, Optional<String> model, EndUser endUser, String requestId) {
    Set<String> models = admission.models(caller);
    if (model.isPresent() && !models.contains(model.get())) {
      return completedFuture(refusals.modelNotFound(model.get(), requestId));
    }
    return limits
        .of(caller, models, model, endUser)
        .thenApply(report -> Answer.ok(json(caller, models, report).toString(), requestId));
  }

  private ObjectNode json(Caller caller, Set<String> models, KeyLimits.Report report) {
    ApiKey key = caller.key();
    ObjectNode json = JSON.createObjectNode();
    json.put("object", "key");
    json.put("id", key.id());
    json.put("name", key.name());
    json.put("last_four", key.secret().lastFour());
    json.put("environment", key.terms().environment());
    ArrayNode permissions = json.putArray("permissions");
    key.terms().permissions().forEach(one -> permissions.add(one.name().toLowerCase(Locale.ROOT)));
    models.forEach(json.putArray("models")::add);
    ArrayNode networks = json.putArray("networks");
    key.terms().networks().forEach(network -> networks.add(network.cidr()));
    json.put("created_at", seconds(Optional.of(key.created())));
    json.put("expires_at", seconds(key.terms().expires()));
    addAge(json, key, caller.organization().keyAge());
    addRecord(json, caller.organization());
    addRecord(json, caller.project());
    addRecord(json, caller.user());
    json.putObject("tier")
        .put("id", caller.tier())
        .put("from", caller.tierGiver().map(KeyInfo::label).orElse("default"));
    ArrayNode written = json.putArray("limits");
    boolean measured = report.measured();
    report
        .own()
        .forEach(one -> addLimit(written, one, one.limit().scope().level().label(), measured));
    report.ofTier().forEach(one -> addLimit(written, one, "tier", measured));
    json.put("limits_truncated", report.cut());
    return json;
  }

  /** How old its text is, and what follows from that. */
  private void addAge(ObjectNode json, ApiKey key, Optional<KeyAge> most) {
    Instant now = clock.instant();
    Instant issued = key.secret().issued();
    Optional<Instant> refuse = most.map(its -> issued.plus(its.refuse()));
    ObjectNode age = json.putObject("age");
    age.put("issued_at", seconds(Optional.of(issued)));
    age.put("warn_at", seconds(most.map(its -> issued.plus(its.warn()))));
    age.put("refuse_at", seconds(refuse));
    ArrayNode warnings = json.putArray("warnings");
    if (key.standing(now, most) == Standing.OLD) {
      warnings.add(
          "The text of this key is %d days old: rotate it, for it is refused from %s on."
              .formatted(Duration.between(issued, now).toDays(), refuse.orElseThrow()));
    }
    key.previous()
        .filter(previous -> now.isBefore(previous.until()))
        .ifPresent(
            previous ->
                warnings.add(
                    "The text that ends in %s was replaced: it is refused from %s on."
                        .formatted(previous.secret().lastFour(), previous.until())));
  }

  private static void addRecord(ObjectNode json, AccountRecord record) {
    json.putObject(label(record)).put("id", record.id()).put("name", record.name());
  }

  /** What is used is null when nobody knows. */
  private static void addLimit(
      ArrayNode limits, EvaluatedLimit evaluated, String from, boolean measured) {
    ObjectNode json = limits.addObject();
    Optional<Rate> rate =
        evaluated.limit().limit() instanceof Rate its ? Optional.of(its) : Optional.empty();
    json.put("from", from);
    json.put("scope", evaluated.limit().scope().level().label());
    json.put("per", evaluated.limit().scope().endUser().isPresent() ? "end_user" : null);
    json.put("type", type(evaluated.limit().limit()));
    json.put("model", evaluated.limit().scope().model().orElse(null));
    json.put("shadow", evaluated.limit().shadow());
    json.put("limit", evaluated.allowed());
    json.put("period_seconds", rate.map(its -> its.period().toSeconds()).orElse(null));
    json.put("used", measured ? (Long) evaluated.used() : null);
    json.put("remaining", measured ? (Long) evaluated.remaining() : null);
    json.put(
        "reset_seconds",
        rate.filter(its -> measured)
            .map(its -> evaluated.reset().toMillis() / 1000.0)
            .orElse(null));
  }

  private static String type(Limit limit) {
    if (limit instanceof Rate) {
      return "requests";
    }
    return limit instanceof EndUsers ? "end_users" : "concurrency";
  }

  private static String label(AccountRecord record) {
    return RecordKind.of(record).label();
  }

  /** Since 1970; empty for what is not there, or older than the field that says it. */
  private static @Nullable Long seconds(Optional<Instant> time) {
    return time.filter(at -> at.isAfter(Instant.EPOCH)).map(Instant::getEpochSecond).orElse(null);
  }
}
