package dev.sluice.edge.authorization;

import dev.sluice.account.Caller;
import dev.sluice.admission.Admission;
import dev.sluice.admission.AdmissionRequest;
import dev.sluice.admission.Authentication;
import dev.sluice.admission.Decision;
import dev.sluice.admission.Refusal;
import dev.sluice.edge.BadRequest;
import dev.sluice.edge.Deadline;
import dev.sluice.edge.Deciding;
import dev.sluice.edge.DecisionLog;
import dev.sluice.edge.EdgeHeaders;
import dev.sluice.edge.Facts;
import dev.sluice.edge.RateLimitHeaders;
import dev.sluice.edge.Refusals;
import dev.sluice.policy.DoorMode;
import dev.sluice.policy.PublicPaths;
import java.time.Duration;
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
  private static final String UNAVAILABLE = new Refusal.StoreUnavailable().reason();

  private final String door;
  private final DoorMode mode;
  private final PublicPaths publicPaths;
  private final Deciding with;
  private final DecisionLog decisions;
  private final Deadline deadline;
  private final Admission byStore;
  private final Optional<Admission> withoutStore;

  /**
   * @param door as in metrics
   * @param publicPaths that need no key
   */
  public Authorizer(
      String door, DoorMode mode, PublicPaths publicPaths, Deciding with, Deadline deadline) {
    this.door = door;
    this.mode = mode;
    this.publicPaths = publicPaths;
    this.with = with;
    this.decisions = with.decisions(door);
    this.deadline = deadline;
    this.byStore = with.admission().byStoreOnly();
    this.withoutStore = with.admission().withoutStore();
  }

  /** Decides. */
  public CompletionStage<Verdict> decide(EdgeRequest request) {
    if (request.preflight()) {
      return open(request, "preflight");
    }
    if (publicPaths.include(request.plainPath())) {
      return open(request, "public");
    }
    long asked = System.nanoTime();
    return inTime(request)
        .thenCompose(
            verdict ->
                verdict
                    .filter(its -> !its.facts().decision().equals(UNAVAILABLE))
                    .map(Authorizer::done)
                    .orElseGet(() -> decidedWithoutStore(request)))
        .thenApply(
            verdict -> {
              with.metrics().decisionTook(door, System.nanoTime() - asked);
              record(verdict, Optional.of(Duration.ofNanos(System.nanoTime() - asked)));
              return told(verdict, request);
            });
  }

  /** Empty when the store is late. */
  private CompletionStage<Optional<Verdict>> inTime(EdgeRequest request) {
    return deadline.within(
        decided(request, byStore).thenApply(Optional::of),
        Optional::empty,
        late -> late.ifPresent(this::withdraw));
  }

  private CompletionStage<Verdict> decided(EdgeRequest request, Admission by) {
    return mode == DoorMode.FRONT ? known(request, by) : admitted(request, by);
  }

  /** At once: by the policy for outages. */
  private CompletionStage<Verdict> decidedWithoutStore(EdgeRequest request) {
    return withoutStore
        .map(by -> decided(request, by))
        .orElseGet(() -> done(refused(request, new Refusal.StoreUnavailable(), Optional.empty())));
  }

  /** Lets pass whoever it is: a key is not looked at, and nobody is named. */
  private CompletionStage<Verdict> open(EdgeRequest request, String decision) {
    Verdict verdict =
        new Verdict.Allowed(
            Map.of(),
            Map.of(),
            facts(request, decision, Optional.empty(), Optional.empty()),
            Optional.empty());
    record(verdict, Optional.empty());
    return done(verdict);
  }

  private Verdict told(Verdict verdict, EdgeRequest request) {
    return verdict
        .facts()
        .caller()
        .map(caller -> with.notices().ofKey(door, request.credential(), caller))
        .map(verdict::telling)
        .orElse(verdict);
  }

  /** What the edge is told, and nothing that came too late for it. */
  private void record(Verdict verdict, Optional<Duration> took) {
    Facts facts = verdict.facts();
    if (verdict instanceof Verdict.Malformed) {
      with.metrics().badRequest(door, facts.decision());
    } else if (verdict instanceof Verdict.Denied denied) {
      decisions.refused(facts, denied.refusal(), denied.answer(), took);
    } else {
      decisions.allowed(facts, took);
    }
  }

  /** Takes back what was charged for a request that its edge no longer waits for. */
  public void withdraw(Verdict verdict) {
    if (verdict instanceof Verdict.Allowed allowed) {
      allowed.charged().ifPresent(with.counters()::cancel);
    }
  }

  private CompletionStage<Verdict> known(EdgeRequest request, Admission by) {
    return uncounted(
        request,
        by,
        caller -> {
          Map<String, String> headers = identity(caller);
          with.proofs().issue(caller).ifPresent(proof -> headers.put(EdgeHeaders.PROOF, proof));
          return new Verdict.Allowed(
              headers,
              Map.of(),
              facts(request, "known", Optional.of(caller), Optional.empty()),
              Optional.empty());
        });
  }

  /** What is said to a caller of whom no script is asked: so the caller must be recent. */
  private CompletionStage<Verdict> uncounted(
      EdgeRequest request, Admission by, Function<Caller, Verdict> verdict) {
    return by.authenticate(request.credential(), Optional.empty(), caller -> request.origin())
        .thenApply(
            authentication ->
                authentication instanceof Authentication.Known known
                    ? verdict.apply(known.caller())
                    : rejected(request, (Authentication.Rejected) authentication));
  }

  private CompletionStage<Verdict> admitted(EdgeRequest request, Admission by) {
    return by.recognize(request.credential())
        .thenCompose(
            authentication -> {
              if (authentication instanceof Authentication.Rejected rejected) {
                return done(rejected(request, rejected));
              }
              Optional<RequestedModel> asked;
              try {
                asked = RequestedModel.of(request);
              } catch (BadRequest e) {
                return uncounted(request, by, caller -> malformed(request, caller, e));
              }
              return asked.isEmpty()
                  ? uncounted(request, by, caller -> withoutModel(request, caller))
                  : by.admit(
                          new AdmissionRequest(
                              with.ids().hold(),
                              Optional.empty(),
                              request.credential(),
                              asked.get().model(),
                              asked.get().demand(),
                              request.origin(),
                              false))
                      .thenApply(decision -> verdict(request, asked.get().model(), decision));
            });
  }

  private Verdict withoutModel(EdgeRequest request, Caller caller) {
    return new Verdict.Allowed(
        identity(caller),
        Map.of("x-request-id", request.id()),
        facts(request, "known", Optional.of(caller), Optional.empty()),
        Optional.empty());
  }

  private Verdict verdict(EdgeRequest request, String model, Decision decision) {
    return answered(request, model, decision).telling(with.notices().ofDecision(model, decision));
  }

  private Verdict answered(EdgeRequest request, String model, Decision decision) {
    if (decision instanceof Decision.Refused refused) {
      return denied(request, refused, Optional.of(model));
    }
    Decision.Admitted admitted = (Decision.Admitted) decision;
    Map<String, String> headers = identity(admitted.caller());
    headers.put(EdgeHeaders.QOS, admitted.block().qos());
    headers.put(EdgeHeaders.BACKEND_MODEL, with.catalog().get().nameAtBackend(model));
    Map<String, String> response = new LinkedHashMap<>();
    response.put("x-request-id", request.id());
    RateLimitHeaders.add(admitted.limits(), response);
    Facts facts =
        new Facts(
            request.id(),
            "admitted",
            Optional.of(admitted.caller()),
            Optional.of(model),
            Optional.of(admitted.block().qos()),
            admitted.wouldRefuse().map(Refusal::reason));
    return new Verdict.Allowed(headers, response, facts, Optional.of(admitted.hold()));
  }

  private Verdict rejected(EdgeRequest request, Authentication.Rejected rejected) {
    return refused(request, rejected.refusal(), rejected.caller());
  }

  private Verdict refused(EdgeRequest request, Refusal refusal, Optional<Caller> caller) {
    return denied(request, new Decision.Refused(refusal, caller, List.of()), Optional.empty());
  }

  private Verdict denied(EdgeRequest request, Decision.Refused refused, Optional<String> model) {
    return new Verdict.Denied(
        refused.refusal(),
        with.refusals().answer(refused, request.id()),
        facts(request, refused.refusal().reason(), refused.caller(), model));
  }

  private static Verdict malformed(EdgeRequest request, Caller caller, BadRequest bad) {
    return new Verdict.Malformed(
        Refusals.error(bad.status(), bad.error(), Map.of(), request.id()),
        facts(request, bad.error().code().orElse("other"), Optional.of(caller), Optional.empty()));
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

  private static Facts facts(
      EdgeRequest request, String decision, Optional<Caller> caller, Optional<String> model) {
    return new Facts(request.id(), decision, caller, model, Optional.empty());
  }

  private static CompletionStage<Verdict> done(Verdict verdict) {
    return CompletableFuture.completedFuture(verdict);
  }
}
