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
      Optional<Refusal> against = ofKeyModels(caller, model);
      if (against.isPresent()) {
        return new Judgement.Against(against.get(), found);
      }
      Optional<Refusal> bound = ofBounds(request.demand(), allowed, model);
      return bound.isPresent() && !allowed.block().bounds().shadow()
          ? new Judgement.Against(bound.get(), found)
          : new Judgement.For(caller, allowed, bound);
    }
    return new Judgement.Against(ofAccess(access, model).orElseThrow(), found);
  }

  /** What speaks against a key, whatever it is used for. */
  Optional<Refusal> ofKey(Optional<Caller> found, KeyText key) {
    if (found.isEmpty()) {
      return Optional.of(new Refusal.InvalidKey(Refusal.InvalidKey.Cause.UNKNOWN, key.lastFour()));
    }
    return ofStanding(found.get().standing(key, clock.instant()), key.lastFour());
  }

  /**
   * What speaks against a key that stands so.
   *
   * @param lastFour characters of its text
   */
  static Optional<Refusal> ofStanding(Standing standing, String lastFour) {
    return cause(standing).map(cause -> new Refusal.InvalidKey(cause, lastFour));
  }

  /**
   * What speaks against a use of a key that is honoured.
   *
   * @param permission that is asked for; empty when the door does not know
   */
  static Optional<Refusal> ofUse(KeyTerms terms, Optional<Permission> permission, Origin origin) {
    return ofNetworks(terms, origin).or(() -> ofPermission(terms, permission));
  }

  /** What speaks against where it comes from. */
  static Optional<Refusal> ofNetworks(KeyTerms terms, Origin origin) {
    if (terms.networks().isEmpty() || origin instanceof Origin.Vouched) {
      return Optional.empty();
    }
    Optional<InetAddress> address =
        origin instanceof Origin.Address known ? Optional.of(known.address()) : Optional.empty();
    return address.isPresent()
            && terms.networks().stream().anyMatch(one -> one.contains(address.get()))
        ? Optional.empty()
        : Optional.of(new Refusal.NetworkNotAllowed(address.map(InetAddress::getHostAddress)));
  }

  /** What speaks against what it is used for. */
  static Optional<Refusal> ofPermission(KeyTerms terms, Optional<Permission> permission) {
    return permission
        .filter(asked -> !terms.permissions().contains(asked))
        .map(Refusal.PermissionMissing::new);
  }

  /** What the key's own list of models says against one that its tier may call. */
  static Optional<Refusal> ofKeyModels(Caller caller, String model) {
    return caller.key().terms().allows(model)
        ? Optional.empty()
        : Optional.of(new Refusal.KeyModelNotAllowed(model));
  }

  /** What is too much for one request. */
  static Optional<Refusal> ofBounds(Demand demand, ModelAccess.Allowed allowed, String model) {
    Bounds bounds = allowed.block().bounds();
    String tier = allowed.tier().name();
    return exceeded(Bound.BATCH_SIZE, demand.batch(), bounds.maxBatchSize(), tier, model)
        .or(
            () ->
                exceeded(
                    Bound.OUTPUT_TOKENS,
                    demand.outputTokens(),
                    bounds.maxOutputTokens(),
                    tier,
                    model));
  }

  private static Optional<Refusal> exceeded(
      Bound bound, Optional<Demand.Amount> asked, OptionalLong most, String tier, String model) {
    return most.isEmpty()
        ? Optional.empty()
        : asked
            .filter(amount -> amount.value() > most.getAsLong())
            .map(amount -> new Refusal.BoundExceeded(bound, amount, most.getAsLong(), tier, model));
  }

  /** What the catalog says against the model. */
  static Optional<Refusal> ofAccess(ModelAccess access, String model) {
    if (access instanceof ModelAccess.Allowed) {
      return Optional.empty();
    }
    if (access instanceof ModelAccess.ModelDeprecated deprecated) {
      return Optional.of(new Refusal.ModelDeprecated(model, deprecated.successor()));
    }
    if (access instanceof ModelAccess.UnderMaintenance maintenance) {
      return Optional.of(new Refusal.ModelUnderMaintenance(model, maintenance.until()));
    }
    return Optional.of(
        access instanceof ModelAccess.Restricted
            ? new Refusal.ModelRestricted(model)
            : new Refusal.ModelNotFound(model));
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
