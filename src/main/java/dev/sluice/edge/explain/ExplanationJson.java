package dev.sluice.edge.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.account.AccountRecord;
import dev.sluice.account.Caller;
import dev.sluice.account.Names;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Explanation;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Step;
import dev.sluice.edge.Answer;
import dev.sluice.edge.LimitJson;
import dev.sluice.edge.Refusals;
import dev.sluice.policy.Block;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * An explanation as JSON: the decision with the very words that a client would get, then each step
 * with its {@code verdict} ({@code passes}, {@code refuses}, {@code would refuse} if it were not in
 * shadow, or {@code unknown}), a sentence, and facts for programs.
 */
public final class ExplanationJson {
  private static final String PASSES = "passes";
  private static final String REFUSES = "refuses";
  private static final String WOULD_REFUSE = "would refuse";
  private static final String UNKNOWN = "unknown";

  private final int busyStatus;

  /**
   * @param busyStatus of a full queue, as {@link Refusals} has it
   */
  public ExplanationJson(int busyStatus) {
    this.busyStatus = busyStatus;
  }

  /** Writes it. */
  public ObjectNode write(Explanation explanation) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    explanation
        .refusal()
        .ifPresentOrElse(
            refusal -> refused(explanation, refusal, json), () -> json.put("decision", "admitted"));
    Caller caller = explanation.question().caller();
    json.put("organization", caller.organization().id());
    json.put("project", caller.project().id());
    json.put("user", caller.user().id());
    json.put("key", caller.key().id());
    json.put("endsIn", explanation.question().presented().lastFour());
    json.put("model", Names.line(explanation.question().model()));
    json.put("at", explanation.at().toString());
    json.put("limitsAt", explanation.limitsAt().toString());
    ArrayNode steps = json.putArray("steps");
    Sentences sentences = new Sentences(explanation);
    explanation.steps().forEach(step -> step(explanation, step, sentences, steps.addObject()));
    return json;
  }

  private void refused(Explanation explanation, Refusal refusal, ObjectNode json) {
    // As of then: a message may say when to come again.
    Refusals then =
        new Refusals(busyStatus, InstantSource.fixed(explanation.limitsAt()), new Random());
    Answer answer = then.answer(refusal, List.of(), "");
    json.put("decision", refusal.reason());
    json.put("status", answer.status());
    answer
        .error()
        .ifPresent(
            error -> {
              error.code().ifPresent(code -> json.put("code", code));
              json.put("message", Names.line(error.message()));
            });
  }

  private static void step(
      Explanation explanation, Step step, Sentences sentences, ObjectNode json) {
    Caller caller = explanation.question().caller();
    if (step instanceof Step.OfKey key) {
      put(json, "key", step, sentences.of(key));
      json.put("standing", key.standing().name().toLowerCase(Locale.ROOT));
      caller.key().terms().expires().ifPresent(end -> json.put("expires", end.toString()));
    } else if (step instanceof Step.OfNetworks) {
      put(json, "networks", step, sentences.ofNetworks());
      if (!caller.key().terms().networks().isEmpty() && explanation.question().from().isEmpty()) {
        json.put("verdict", UNKNOWN);
      }
      ArrayNode networks = json.putArray("networks");
      caller.key().terms().networks().forEach(network -> networks.add(network.cidr()));
    } else if (step instanceof Step.OfPermission) {
      put(json, "permission", step, sentences.ofPermission());
    } else if (step instanceof Step.OfTier tier) {
      put(json, "tier", step, sentences.of(tier));
      json.put("tier", caller.tier());
      json.put("from", caller.tierGiver().map(Sentences::label).orElse("default"));
      caller.tierGiver().map(AccountRecord::id).ifPresent(id -> json.put("id", id));
    } else if (step instanceof Step.OfModel model) {
      put(json, "model", step, sentences.of(model));
      model.systemTiers().stream().sorted().forEach(json.putArray("systemTiers")::add);
      json.put("backend", model.nameAtBackend());
    } else if (step instanceof Step.OfKeyModels) {
      put(json, "keyModels", step, sentences.ofKeyModels());
    } else if (step instanceof Step.OfBounds bounds) {
      put(json, "bounds", step, sentences.of(bounds));
      bounds.block().ifPresentOrElse(its -> bounds(its, json), () -> json.put("verdict", UNKNOWN));
    } else if (step instanceof Step.OfLimits limits) {
      put(json, "limits", step, sentences.of(limits));
      ArrayNode all = json.putArray("limits");
      limits.ofTier().forEach(limit -> limit("tier", limit, all.addObject()));
      limits
          .own()
          .forEach(limit -> limit(limit.limit().scope().level().label(), limit, all.addObject()));
    } else if (step instanceof Step.OfQueue queue) {
      put(json, "queue", step, sentences.of(queue));
      queue.place().ifPresentOrElse(its -> queue(its, json), () -> json.put("verdict", UNKNOWN));
    }
  }

  private static void put(ObjectNode json, String name, Step step, String what) {
    json.put("step", name);
    String unlessRefused = step.wouldRefuse().isPresent() ? WOULD_REFUSE : PASSES;
    json.put("verdict", step.refusal().isPresent() ? REFUSES : unlessRefused);
    step.refusal().or(step::wouldRefuse).ifPresent(refusal -> json.put("reason", refusal.reason()));
    json.put("what", Names.line(what));
  }

  private static void bounds(Block block, ObjectNode json) {
    block.bounds().maxBatchSize().ifPresent(most -> json.put("maxBatchSize", most));
    block.bounds().maxOutputTokens().ifPresent(most -> json.put("maxOutputTokens", most));
  }

  private static void limit(String from, EvaluatedLimit limit, ObjectNode json) {
    json.put("from", from);
    String exhausted = limit.limit().shadow() ? WOULD_REFUSE : REFUSES;
    json.put("verdict", limit.exhausted() ? exhausted : PASSES);
    LimitJson.write(limit, json);
  }

  private static void queue(Step.Place place, ObjectNode json) {
    json.put("qos", place.qos());
    json.put("queueDepth", place.queueDepth());
    place.queue().deployments().stream().sorted().forEach(json.putArray("deployments")::add);
    place
        .queue()
        .now()
        .ifPresentOrElse(
            now -> {
              json.put("waiting", now.waiting());
              json.put("busySlots", now.busy());
              json.put("freeSlots", Math.max(0, now.free()));
            },
            () -> {
              if (!place.queue().deployments().isEmpty()) {
                json.put("verdict", UNKNOWN);
              }
            });
  }
}
