package dev.sluice.edge.authorization;

import dev.sluice.account.Caller;
import dev.sluice.admission.AdmissionRequest;
import dev.sluice.admission.Authentication;
import dev.sluice.admission.Decision;
import dev.sluice.admission.Refusal;
import dev.sluice.edge.Answer;
import dev.sluice.edge.Deadline;
import dev.sluice.edge.Deciding;
import dev.sluice.edge.DecisionLog;
import dev.sluice.edge.EdgeHeaders;
import dev.sluice.edge.RateLimitHeaders;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.http.BadRequest;
import dev.sluice.policy.DoorMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Decides for an edge, by the mode of its door.
 *
 * <p>In front mode it looks at the key, charges nothing and gives a proof for the gateway. In full
 * mode it decides and charges as the gateway would; there is no queue in the way, and the end of a
 * request is not seen. So what was charged stays so, as a hold does that is neither renewed nor
 * ended.
 *
 * <p>Safe for use by many threads; never blocks. Stages never fail.
 */
public final class Authorizer {
  private final String door;
  private final DoorMode mode;
  private final Deciding with;
  private final DecisionLog decisions;
  private final Deadline deadline;

  /**
   * @param door as in metrics
   */
  public Authorizer(String door, DoorMode mode, Deciding with, Deadline deadline) {
    this.door = door;
    this.mode = mode;
    this.with = with;
    this.decisions = with.decisions(door);
    this.deadline = deadline;
  }

  /** Decides. */
  public CompletionStage<Verdict> decide(EdgeRequest request) {
    long asked = System.nanoTime();
    return deadline
        .within(
            mode == DoorMode.FRONT ? known(request) : admitted(request),
            () -> late(request),
            this::withdraw)
        .thenApply(
            verdict -> {
              with.metrics().decisionTook(door, System.nanoTime() - asked);
              return verdict;
            });
  }

  /** Takes back what was charged for a request that its edge no longer waits for. */
  public void withdraw(Verdict verdict) {
    if (verdict instanceof Verdict.Allowed allowed) {
      allowed.charged().ifPresent(with.counters()::cancel);
    }
  }

  private CompletionStage<Verdict> known(EdgeRequest request) {
    return uncounted(
        request,
        caller -> {
          decisions.record(request.id(), Optional.of(caller), DecisionLog.NONE, "known");
          Map<String, String> headers = identity(caller);
          with.proofs().issue(caller).ifPresent(proof -> headers.put(EdgeHeaders.PROOF, proof));
          return new Verdict.Allowed(
              headers, Map.of(), facts(request, Optional.of(caller), "known"), Optional.empty());
        });
  }

  /** What is said to a caller of whom no script is asked: so the caller must be recent. */
  private CompletionStage<Verdict> uncounted(
      EdgeRequest request, Function<Caller, Verdict> verdict) {
    return with.admission()
        .authenticate(request.credential())
        .thenApply(
            authentication ->
                authentication instanceof Authentication.Known known
                    ? verdict.apply(known.caller())
                    : refused(
                        request,
                        ((Authentication.Rejected) authentication).refusal(),
                        DecisionLog.NONE));
  }

  private CompletionStage<Verdict> admitted(EdgeRequest request) {
    return with.admission()
        .recognize(request.credential())
        .thenCompose(
            authentication -> {
              if (authentication instanceof Authentication.Rejected rejected) {
                return done(refused(request, rejected.refusal(), DecisionLog.NONE));
              }
              Optional<String> model;
              try {
                model = RequestedModel.of(request);
              } catch (BadRequest e) {
                return uncounted(request, caller -> rejected(request, caller, e));
              }
              return model.isEmpty()
                  ? uncounted(request, caller -> withoutModel(request, caller))
                  : with.admission()
                      .admit(
                          new AdmissionRequest(
                              with.ids().hold(),
                              Optional.empty(),
                              request.credential(),
                              model.get()))
                      .thenApply(decision -> verdict(request, model.get(), decision));
            });
  }

  private Verdict withoutModel(EdgeRequest request, Caller caller) {
    decisions.record(request.id(), Optional.of(caller), DecisionLog.NONE, "known");
    return new Verdict.Allowed(
        identity(caller),
        Map.of("x-request-id", request.id()),
        facts(request, Optional.of(caller), "known"),
        Optional.empty());
  }

  private Verdict verdict(EdgeRequest request, String model, Decision decision) {
    if (decision instanceof Decision.Refused refused) {
      return denied(request, refused, model);
    }
    Decision.Admitted admitted = (Decision.Admitted) decision;
    decisions.record(request.id(), Optional.of(admitted.caller()), model, "admitted");
    Map<String, String> headers = identity(admitted.caller());
    headers.put(EdgeHeaders.QOS, admitted.block().qos());
    Map<String, String> response = new LinkedHashMap<>();
    response.put("x-request-id", request.id());
    RateLimitHeaders.add(admitted.limits(), response);
    Map<String, String> facts = facts(request, Optional.of(admitted.caller()), "admitted");
    facts.put("model", model);
    facts.put("qos", admitted.block().qos());
    return new Verdict.Allowed(headers, response, facts, Optional.of(admitted.hold()));
  }

  private Verdict late(EdgeRequest request) {
    return refused(request, new Refusal.StoreUnavailable(), DecisionLog.NONE);
  }

  private Verdict refused(EdgeRequest request, Refusal refusal, String model) {
    return denied(request, new Decision.Refused(refusal, Optional.empty(), List.of()), model);
  }

  private Verdict denied(EdgeRequest request, Decision.Refused refused, String model) {
    String reason = refused.refusal().reason();
    decisions.record(request.id(), refused.caller(), model, reason);
    Map<String, String> facts = facts(request, refused.caller(), reason);
    if (!model.equals(DecisionLog.NONE)) {
      facts.put("model", model);
    }
    return new Verdict.Denied(with.refusals().answer(refused, request.id()), facts);
  }

  private Verdict rejected(EdgeRequest request, Caller caller, BadRequest bad) {
    String reason = bad.error().code().orElse("other");
    with.metrics().badRequest(door, reason);
    Answer answer = Refusals.error(bad.status(), bad.error(), Map.of(), request.id());
    return new Verdict.Denied(answer, facts(request, Optional.of(caller), reason));
  }

  private static Map<String, String> identity(Caller caller) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(EdgeHeaders.ORGANIZATION, caller.organization().id());
    headers.put(EdgeHeaders.PROJECT, caller.project().id());
    headers.put(EdgeHeaders.USER, caller.user().id());
    headers.put(EdgeHeaders.KEY, caller.key().id());
    headers.put(EdgeHeaders.TIER, caller.tier());
    return headers;
  }

  private static Map<String, String> facts(
      EdgeRequest request, Optional<Caller> caller, String decision) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("decision", decision);
    facts.put("request_id", request.id());
    caller.ifPresent(
        who -> {
          facts.put("organization", who.organization().id());
          facts.put("project", who.project().id());
          facts.put("user", who.user().id());
          facts.put("key", who.key().id());
          facts.put("tier", who.tier());
        });
    return facts;
  }

  private static CompletionStage<Verdict> done(Verdict verdict) {
    return CompletableFuture.completedFuture(verdict);
  }
}
