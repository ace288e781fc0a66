package dev.sluice.admission;

import dev.sluice.account.Caller;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.ModelAccess;
import dev.sluice.policy.OwnLimit;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Says how the limits of a key stand, and counts nothing. Safe for use by many threads. */
public final class KeyLimits {
  /** The limits that one call looks at; as many as records can have, and some of the tier. */
  static final int MOST = 160;

  private final Supplier<Catalog> catalog;
  private final Counters counters;
  private final InstantSource clock;

  /**
   * @param catalog the one in force
   * @param clock for the end of models
   */
  public KeyLimits(Supplier<Catalog> catalog, Counters counters, InstantSource clock) {
    this.catalog = catalog;
    this.counters = counters;
    this.clock = clock;
  }

  /**
   * How they stand.
   *
   * @param own of key, user, project and organization, in this order
   * @param ofTier by model
   * @param cut whether the tier limits more models than were looked at
   * @param measured whether the store said what is used; if not, nothing is said of that
   */
  public record Report(
      List<EvaluatedLimit> own, List<EvaluatedLimit> ofTier, boolean cut, boolean measured) {
    public Report {
      own = List.copyOf(own);
      ofTier = List.copyOf(ofTier);
    }
  }

  /**
   * Looks.
   *
   * @param models that the key may call
   * @param only the limits that a request for this one of them would meet
   * @param endUser whose limits per end user are meant
   * @return what is not measured when the store does not answer in time
   */
  public CompletionStage<Report> of(
      Caller caller, Set<String> models, Optional<String> only, EndUser endUser) {
    Predicate<OwnLimit> which = own -> only.isEmpty() || own.concerns(only.get());
    List<ScopedLimit> limits = ApplicableLimits.own(caller, which, endUser);
    int own = limits.size();
    boolean cut = false;
    for (String model : only.map(Set::of).orElse(models)) {
      List<ScopedLimit> ofTier = new ArrayList<>(ofTier(caller, model));
      ofTier.removeAll(limits.subList(own, limits.size())); // models that are counted together
      cut = limits.size() + ofTier.size() > MOST;
      if (cut) {
        break;
      }
      limits.addAll(ofTier);
    }
    boolean wasCut = cut;
    return counters
        .evaluate(caller.organization().id(), limits)
        .thenApply(all -> report(all, own, wasCut, true))
        .exceptionally(
            failure ->
                report(limits.stream().map(KeyLimits::unmeasured).toList(), own, wasCut, false));
  }

  private static Report report(List<EvaluatedLimit> all, int own, boolean cut, boolean measured) {
    return new Report(all.subList(0, own), all.subList(own, all.size()), cut, measured);
  }

  private static EvaluatedLimit unmeasured(ScopedLimit limit) {
    return new EvaluatedLimit(limit, 0, Duration.ZERO, Optional.empty());
  }

  private List<ScopedLimit> ofTier(Caller caller, String model) {
    ModelAccess access =
        catalog
            .get()
            .access(caller.tier(), caller.explicitTier().isPresent(), model, clock.instant());
    return access instanceof ModelAccess.Allowed allowed
        ? ApplicableLimits.ofTier(caller, allowed, model)
        : List.of();
  }
}
