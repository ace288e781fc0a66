package dev.sluice.admission;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.Caller;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.ModelAccess;
import dev.sluice.policy.OwnLimit;
import dev.sluice.policy.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Which limits hold for a caller: those of the tier, and those of each record itself. */
final class ApplicableLimits {
  private ApplicableLimits() {}

  /**
   * Of a request for a model.
   *
   * @param endSeen without it nothing can be said of how many run
   * @param endUser without whom nothing can be said of each of them
   */
  static List<ScopedLimit> of(
      Caller caller,
      ModelAccess.Allowed allowed,
      String model,
      boolean endSeen,
      Optional<EndUser> endUser) {
    List<ScopedLimit> limits = new ArrayList<>(ofTier(caller, allowed, model));
    addOwn(
        caller,
        own -> own.concerns(model) && (endSeen || !(own.limit() instanceof Concurrency)),
        endUser,
        limits);
    return limits;
  }

  /** Of the tier, for one of its models. */
  static List<ScopedLimit> ofTier(Caller caller, ModelAccess.Allowed allowed, String model) {
    Scope scope = new Scope(Scope.Level.USER, caller.user().id(), part(allowed, model));
    List<Rate> rates = allowed.block().rates();
    List<ScopedLimit> limits = new ArrayList<>(rates.size());
    for (Rate rate : rates) {
      limits.add(new ScopedLimit(scope, rate));
    }
    return limits;
  }

  /** The vendor counts per user and model; a block may say otherwise. */
  private static Scope.Part part(ModelAccess.Allowed allowed, String model) {
    String tier = allowed.tier().name();
    return switch (allowed.block().scope()) {
      case MODEL -> new Scope.Part.OfModel(model);
      case BLOCK -> new Scope.Part.OfBlock(tier, allowed.block().name());
      case TIER -> new Scope.Part.OfTier(tier);
    };
  }

  /** Those of key, user, project and organization that are asked for, in this order. */
  static List<ScopedLimit> own(Caller caller, Predicate<OwnLimit> which, EndUser endUser) {
    List<ScopedLimit> limits = new ArrayList<>();
    addOwn(caller, which, Optional.of(endUser), limits);
    return limits;
  }

  private static void addOwn(
      Caller caller,
      Predicate<OwnLimit> which,
      Optional<EndUser> endUser,
      List<ScopedLimit> limits) {
    Predicate<OwnLimit> applying = which.and(own -> !own.perEndUser() || endUser.isPresent());
    for (AccountRecord record : caller.records()) {
      Scope.Level level = Scope.Level.of(record);
      boolean perEndUser = false;
      for (OwnLimit own : record.limits().all()) {
        if (applying.test(own)) {
          perEndUser |= own.perEndUser();
          Scope all = new Scope(level, record.id(), own.model());
          Scope scope = own.perEndUser() ? new Scope(level, record.id(), all.part(), endUser) : all;
          limits.add(new ScopedLimit(scope, own.limit()));
        }
      }
      if (perEndUser) {
        Scope users = new Scope(level, record.id(), new Scope.Part.All(), endUser);
        record
            .limits()
            .endUsers(applying)
            .forEach(most -> limits.add(new ScopedLimit(users, most)));
      }
    }
  }
}
