package dev.sluice.admission;

import static java.util.concurrent.CompletableFuture.completedFuture;

import dev.sluice.account.Caller;
import dev.sluice.account.CallerSource;
import dev.sluice.account.Credential;
import dev.sluice.account.KeyText;
import dev.sluice.account.KeyUse;
import dev.sluice.account.Permission;
import dev.sluice.account.StoreFailure;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.EndUsers;
import dev.sluice.policy.Limit;
import dev.sluice.policy.ModelAccess;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one decision: key, tier of the user, system tiers, model, bounds of the request, limits, in
 * this order.
 *
 * <p>Safe for use by many threads; never blocks. Stages never complete exceptionally: a store that
 * does not answer is a refusal too.
 */
public final class Admission {
  /** A refusal that no script confirms is made from records at most this old. */
  private static final Duration RECENT = Duration.ofMillis(500);

  /** How often a decision follows changes that overtake it, before it gives up. */
  private static final int ATTEMPTS = 4;

  private static final Logger log = LoggerFactory.getLogger(Admission.class);

  private final Supplier<Catalog> catalog;
  private final Judge judge;
  private final CallerSource callers;
  private final Counters counters;
  private final Duration lease;
  private final InstantSource clock;
  private final KeyUse keyUse;
  private final Optional<Outage> outage;
  private final Optional<Admission> withoutStore;

  /**
   * @param catalog the one in force
   * @param lease of the holds
   * @param clock for the expiry of keys and the end of models
   * @param keyUse is told of each request for which a key was honoured
   */
  public Admission(
      Supplier<Catalog> catalog,
      CallerSource callers,
      Counters counters,
      Duration lease,
      InstantSource clock,
      KeyUse keyUse) {
    this(catalog, callers, counters, lease, clock, keyUse, Optional.empty(), Optional.empty());
  }

  private Admission(
      Supplier<Catalog> catalog,
      CallerSource callers,
      Counters counters,
      Duration lease,
      InstantSource clock,
      KeyUse keyUse,
      Optional<Outage> outage,
      Optional<Admission> withoutStore) {
    this.catalog = catalog;
    this.judge = new Judge(catalog, clock);
    this.callers = callers;
    this.counters = counters;
    this.lease = lease;
    this.clock = clock;
    this.keyUse = keyUse;
    this.outage = outage;
    this.withoutStore = withoutStore;
  }

  /**
   * The same; what the store does not answer is decided by what this replica knows.
   *
   * @param known the callers that may be believed, at once
   * @param local counts without the store, at once
   * @param told of each decision that is made so
   */
  public Admission withFallback(CallerSource known, Counters local, Outage told) {
    Admission other =
        new Admission(
            catalog,
            known,
            local,
            lease,
            clock,
            KeyUse.IGNORED,
            Optional.of(told),
            Optional.empty());
    return new Admission(
        catalog, callers, counters, lease, clock, keyUse, Optional.empty(), Optional.of(other));
  }

  /** The same, which refuses what the store does not answer. */
  public Admission byStoreOnly() {
    return new Admission(catalog, callers, counters, lease, clock, keyUse);
  }

  /** What decides when the store does not answer: at once. Empty: nothing does. */
  public Optional<Admission> withoutStore() {
    return withoutStore;
  }

  /** Decides and, when it admits, counts. */
  public CompletionStage<Decision> admit(AdmissionRequest request) {
    if (!(request.credential() instanceof Credential.Presented presented)) {
      return completedFuture(refused(notPresented(request.credential()), Optional.empty()));
    }
    return decide(request, presented.key())
        .exceptionallyCompose(
            failure ->
                fallback(failure)
                    .map(other -> other.admit(request.again()))
                    .orElseGet(
                        () -> completedFuture(refused(undecided(failure), Optional.empty()))))
        .thenApply(
            decision -> {
              outage.ifPresent(told -> told.decided(decision));
              return decision;
            });
  }

  private CompletionStage<Decision> decide(AdmissionRequest request, KeyText key) {
    return callers
        .known(key)
        .thenCompose(
            known -> {
              Judgement judgement = judge.judge(known, key, request);
              return judgement instanceof Judgement.For
                  ? completedFuture(judgement)
                  : callers
                      .recent(key, RECENT)
                      .thenApply(recent -> judge.judge(recent, key, request));
            })
        .thenCompose(judgement -> decide(request, key, judgement, ATTEMPTS))
        .thenApply(this::noted);
  }

  /** Only what the store confirmed: a key that was revoked must not look used after that. */
  private Decision noted(Decision decision) {
    if (decision instanceof Decision.Admitted admitted) {
      keyUse.used(admitted.caller().key());
    } else if (decision instanceof Decision.Refused refused && honoured(refused.refusal())) {
      refused.caller().ifPresent(caller -> keyUse.used(caller.key()));
    }
    return decision;
  }

  private static boolean honoured(Refusal refusal) {
    return !(refusal instanceof Refusal.NoKey
        || refusal instanceof Refusal.InvalidKey
        || refusal instanceof Refusal.PermissionMissing
        || refusal instanceof Refusal.NetworkNotAllowed
        || refusal instanceof Refusal.Overtaken
        || refusal instanceof Refusal.StoreUnavailable);
  }

  /** Says who presents a credential, as of half a second ago at most; counts nothing. */
  public CompletionStage<Authentication> authenticate(Credential credential) {
    return recently(credential).exceptionallyCompose(failure -> instead(credential, failure));
  }

  private CompletionStage<Authentication> recently(Credential credential) {
    return authenticate(credential, key -> callers.recent(key, RECENT));
  }

  private CompletionStage<Authentication> instead(Credential credential, Throwable failure) {
    return fallback(failure)
        .map(other -> other.authenticate(credential))
        .orElseGet(() -> completedFuture(rejected(failure)));
  }

  /**
   * Says who presents a credential as far as this replica knows, which may be out of date. For
   * whoever then asks for {@linkplain #admit an admission}, which finds that out by itself; so that
   * a decision asks the store once.
   */
  public CompletionStage<Authentication> recognize(Credential credential) {
    return authenticate(
            credential,
            key ->
                callers
                    .known(key)
                    .thenCompose(
                        known ->
                            known.isPresent() && judge.ofKey(known, key).isPresent()
                                ? callers.recent(key, RECENT)
                                : completedFuture(known)))
        .exceptionallyCompose(failure -> instead(credential, failure));
  }

  private CompletionStage<Authentication> authenticate(
      Credential credential, Function<KeyText, CompletionStage<Optional<Caller>>> find) {
    if (!(credential instanceof Credential.Presented presented)) {
      return completedFuture(
          new Authentication.Rejected(notPresented(credential), Optional.empty()));
    }
    KeyText key = presented.key();
    return find.apply(key)
        .<Authentication>thenApply(
            caller ->
                judge
                    .ofKey(caller, key)
                    .<Authentication>map(refusal -> new Authentication.Rejected(refusal, caller))
                    .orElseGet(() -> new Authentication.Known(caller.orElseThrow())));
  }

  /**
   * Says it also of what the key may be used for, and from where.
   *
   * @param permission that is asked for; empty when the door does not know
   * @param origin of the request of a caller
   */
  public CompletionStage<Authentication> authenticate(
      Credential credential, Optional<Permission> permission, Function<Caller, Origin> origin) {
    return recently(credential)
        .thenApply(found -> used(found, permission, origin))
        .exceptionallyCompose(
            failure ->
                fallback(failure)
                    .map(other -> other.authenticate(credential, permission, origin))
                    .orElseGet(() -> completedFuture(rejected(failure))))
        .thenApply(
            found -> {
              outage.ifPresent(told -> told.decided(found));
              return found;
            });
  }

  private Authentication used(
      Authentication found, Optional<Permission> permission, Function<Caller, Origin> origin) {
    if (!(found instanceof Authentication.Known known)) {
      return found;
    }
    Caller caller = known.caller();
    Optional<Refusal> refusal = Judge.ofUse(caller.key().terms(), permission, origin.apply(caller));
    if (refusal.isPresent()) {
      return new Authentication.Rejected(refusal.get(), Optional.of(caller));
    }
    keyUse.used(caller.key());
    return found;
  }

  /** The models that a caller may call, sorted by name. */
  public Set<String> models(Caller caller) {
    Set<String> allowed =
        new TreeSet<>(
            catalog
                .get()
                .allowedModels(caller.tier(), caller.explicitTier().isPresent(), clock.instant()));
    allowed.removeIf(model -> !caller.key().terms().allows(model));
    return allowed;
  }

  private CompletionStage<Decision> decide(
      AdmissionRequest request, KeyText key, Judgement judgement, int attempts) {
    if (!(judgement instanceof Judgement.For favourable)) {
      Judgement.Against against = (Judgement.Against) judgement;
      return completedFuture(refused(against.refusal(), against.caller()));
    }
    Caller caller = favourable.caller();
    ModelAccess.Allowed allowed = favourable.access();
    Hold hold = hold(request, favourable);
    long asked = callers.now();
    return counters
        .admit(hold, caller.version())
        .whenComplete(
            (outcome, failure) -> {
              if (failure != null && counters.mayHaveCounted(failure)) {
                // Whether it counted is unknown; if it did, or still will, this takes it back.
                counters.cancel(hold);
              }
            })
        .thenCompose(
            outcome -> {
              if (outcome instanceof Counters.Outcome.Held held) {
                callers.confirmed(key, caller, asked);
                return completedFuture(
                    new Decision.Admitted(
                        caller,
                        request.model(),
                        allowed.tier(),
                        allowed.block(),
                        hold,
                        held.limits(),
                        favourable.wouldRefuse().or(() -> exceededInShadow(held))));
              }
              if (outcome instanceof Counters.Outcome.Exceeded exceeded) {
                callers.confirmed(key, caller, asked);
                return completedFuture(
                    new Decision.Refused(
                        exceeded(tightest(exceeded.limits(), false)),
                        Optional.of(caller),
                        exceeded.limits()));
              }
              if (outcome instanceof Counters.Outcome.ShareExceeded full) {
                return completedFuture(
                    refused(
                        new Refusal.ShareExceeded(full.limit(), full.share(), full.retryAfter()),
                        Optional.of(caller)));
              }
              if (outcome instanceof Counters.Outcome.Stale && attempts > 1) {
                return callers
                    .load(key)
                    .thenCompose(
                        reloaded ->
                            decide(
                                request, key, judge.judge(reloaded, key, request), attempts - 1));
              }
              return completedFuture(refused(undecided(outcome), Optional.of(caller)));
            });
  }

  private Hold hold(AdmissionRequest request, Judgement.For favourable) {
    Caller caller = favourable.caller();
    List<ScopedLimit> limits =
        ApplicableLimits.of(
            caller,
            favourable.access(),
            request.model(),
            request.endSeen(),
            request.demand().endUser());
    if (favourable.wouldRefuse().isPresent()) {
      // It would not have come to its limits: so those in shadow do not count it either.
      limits.removeIf(ScopedLimit::shadow);
    }
    return new Hold(
        request.id(),
        // Another model is counted elsewhere, so it cannot share the charge.
        request.request().map(id -> id + ":" + request.model()),
        caller.organization().id(),
        limits,
        lease);
  }

  private static Optional<Refusal> exceededInShadow(Counters.Outcome.Held held) {
    return held.shadowExceeded()
        ? Optional.of(exceeded(tightest(held.limits(), true)))
        : Optional.empty();
  }

  /**
   * The limit without room that is without it for longest; one that never passes before all.
   *
   * @param shadow whether of those in shadow, or of those that are enforced
   */
  static EvaluatedLimit tightest(List<EvaluatedLimit> limits, boolean shadow) {
    return limits.stream()
        .filter(limit -> limit.limit().shadow() == shadow && limit.exhausted())
        .max(
            Comparator.comparing(
                limit -> limit.retryAfter().orElse(Duration.ofSeconds(Long.MAX_VALUE))))
        .orElseThrow();
  }

  static Refusal exceeded(EvaluatedLimit limit) {
    Limit kind = limit.limit().limit();
    if (kind instanceof EndUsers) {
      return new Refusal.EndUsersExceeded(limit);
    }
    return kind instanceof Concurrency
        ? new Refusal.ConcurrencyExceeded(limit)
        : new Refusal.RateExceeded(limit);
  }

  private static Authentication rejected(Throwable failure) {
    return new Authentication.Rejected(undecided(failure), Optional.empty());
  }

  private static Decision refused(Refusal refusal, Optional<Caller> caller) {
    return new Decision.Refused(refusal, caller, List.of());
  }

  private static Refusal notPresented(Credential credential) {
    return credential instanceof Credential.Malformed malformed
        ? new Refusal.InvalidKey(Refusal.InvalidKey.Cause.UNKNOWN, malformed.lastFour())
        : new Refusal.NoKey();
  }

  private static Refusal undecided(Counters.Outcome outcome) {
    // One of the outcomes without a decision: stale too often, cancelled, or unavailable.
    return outcome instanceof Counters.Outcome.Unavailable
        ? new Refusal.StoreUnavailable()
        : new Refusal.Overtaken();
  }

  private static Refusal undecided(Throwable failure) {
    if (StoreFailure.isAway(failure)) {
      // Debug only: during an outage every request comes here; the store's port says it once.
      log.debug("no decision: {}", failure.toString());
      return new Refusal.StoreUnavailable();
    }
    log.error("a decision failed", failure);
    return new Refusal.DecisionFailed();
  }

  /** What decides instead. A fault is not an outage: nothing is admitted because of one. */
  private Optional<Admission> fallback(Throwable failure) {
    return withoutStore.filter(other -> StoreFailure.isAway(failure));
  }
}
