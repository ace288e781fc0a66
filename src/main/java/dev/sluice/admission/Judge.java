package dev.sluice.admission;

import dev.sluice.account.Caller;
import dev.sluice.account.KeyTerms;
import dev.sluice.account.KeyText;
import dev.sluice.account.Permission;
import dev.sluice.account.Standing;
import dev.sluice.admission.Refusal.BoundExceeded.Bound;
import dev.sluice.policy.Bounds;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.ModelAccess;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Judges by the records and the catalog alone: key, tier of the user, system tiers, model, bounds
 * of the request, in this order. Safe for use by many threads; asks no store.
 */
final class Judge {
  private final Supplier<Catalog> catalog;
  private final InstantSource clock;

  /**
   * @param catalog the one in force
   * @param clock for the expiry of keys and the end of models
   */
  Judge(Supplier<Catalog> catalog, InstantSource clock) {
    this.catalog = catalog;
    this.clock = clock;
  }

  /** Judges a request for a model. */
  Judgement judge(Optional<Caller> found, KeyText key, AdmissionRequest request) {
    String model = request.model();
    Optional<Refusal> refusal =
        ofKey(found, key)
            .or(
                () ->
                    ofUse(
                        found.orElseThrow().key().terms(),
                        Optional.of(Permission.INFERENCE),
                        request.origin()));
    if (refusal.isPresent()) {
      return new Judgement.Against(refusal.get(), found);
    }
    Caller caller = found.orElseThrow();
    ModelAccess access =
        catalog
            .get()
            .access(caller.tier(), caller.explicitTier().isPresent(), model, clock.instant());
    if (access instanceof ModelAccess.Allowed allowed) {
      // Only now: a key tells nothing of models that its user may not use either.
      if (!caller.key().terms().allows(model)) {
        return new Judgement.Against(new Refusal.KeyModelNotAllowed(model), found);
      }
      Optional<Refusal> bound = exceeded(request, allowed);
      return bound.isPresent() && !allowed.block().bounds().shadow()
          ? new Judgement.Against(bound.get(), found)
          : new Judgement.For(caller, allowed, bound);
    }
    return new Judgement.Against(refusal(access, model), found);
  }

  /** What speaks against a key, whatever it is used for. */
  Optional<Refusal> ofKey(Optional<Caller> found, KeyText key) {
    if (found.isEmpty()) {
      return Optional.of(new Refusal.InvalidKey(Refusal.InvalidKey.Cause.UNKNOWN, key.lastFour()));
    }
    return cause(found.get().standing(key, clock.instant()))
        .map(cause -> new Refusal.InvalidKey(cause, key.lastFour()));
  }

  /**
   * What speaks against a use of a key that is honoured.
   *
   * @param permission that is asked for; empty when the door does not know
   */
  static Optional<Refusal> ofUse(KeyTerms terms, Optional<Permission> permission, Origin origin) {
    if (!terms.networks().isEmpty() && !(origin instanceof Origin.Vouched)) {
      Optional<InetAddress> address =
          origin instanceof Origin.Address known ? Optional.of(known.address()) : Optional.empty();
      if (address.isEmpty()
          || terms.networks().stream().noneMatch(one -> one.contains(address.get()))) {
        return Optional.of(new Refusal.NetworkNotAllowed(address.map(InetAddress::getHostAddress)));
      }
    }
    return permission
        .filter(asked -> !terms.permissions().contains(asked))
        .map(Refusal.PermissionMissing::new);
  }

  private static Optional<Refusal> exceeded(AdmissionRequest request, ModelAccess.Allowed allowed) {
    Bounds bounds = allowed.block().bounds();
    Demand demand = request.demand();
    String tier = allowed.tier().name();
    return exceeded(Bound.BATCH_SIZE, demand.batch(), bounds.maxBatchSize(), tier, request.model())
        .or(
            () ->
                exceeded(
                    Bound.OUTPUT_TOKENS,
                    demand.outputTokens(),
                    bounds.maxOutputTokens(),
                    tier,
                    request.model()));
  }

  private static Optional<Refusal> exceeded(
      Bound bound, Optional<Demand.Amount> asked, OptionalLong most, String tier, String model) {
    return most.isEmpty()
        ? Optional.empty()
        : asked
            .filter(amount -> amount.value() > most.getAsLong())
            .map(amount -> new Refusal.BoundExceeded(bound, amount, most.getAsLong(), tier, model));
  }

  private static Refusal refusal(ModelAccess access, String model) {
    if (access instanceof ModelAccess.ModelDeprecated deprecated) {
      return new Refusal.ModelDeprecated(model, deprecated.successor());
    }
    if (access instanceof ModelAccess.UnderMaintenance maintenance) {
      return new Refusal.ModelUnderMaintenance(model, maintenance.until());
    }
    if (access instanceof ModelAccess.Restricted) {
      return new Refusal.ModelRestricted(model);
    }
    return new Refusal.ModelNotFound(model);
  }

  private static Optional<Refusal.InvalidKey.Cause> cause(Standing standing) {
    return switch (standing) {
      case GOOD, OLD -> Optional.empty();
      case REVOKED -> Optional.of(Refusal.InvalidKey.Cause.REVOKED);
      case EXPIRED -> Optional.of(Refusal.InvalidKey.Cause.EXPIRED);
      case ROTATED -> Optional.of(Refusal.InvalidKey.Cause.ROTATED);
      case OVER_AGE -> Optional.of(Refusal.InvalidKey.Cause.OVER_AGE);
      case ORGANIZATION_ARCHIVED -> Optional.of(Refusal.InvalidKey.Cause.ORGANIZATION_ARCHIVED);
      case PROJECT_ARCHIVED -> Optional.of(Refusal.InvalidKey.Cause.PROJECT_ARCHIVED);
      case USER_ARCHIVED -> Optional.of(Refusal.InvalidKey.Cause.USER_ARCHIVED);
    };
  }
}
