package dev.sluice.edge;

import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Refusal;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Counted;
import dev.sluice.policy.EndUsers;
import dev.sluice.policy.Limit;
import dev.sluice.policy.Rate;

/** Limits in the words of refusals. */
final class LimitWords {
  private LimitWords() {}

  /** How much it allows. */
  static String allowed(EvaluatedLimit limit) {
    return allowed(limit.limit());
  }

  /** How much it allows. */
  static String allowed(ScopedLimit scoped) {
    Limit limit = scoped.limit();
    if (limit instanceof EndUsers) {
      return Counted.of(limit.allowed(), "end user") + " at a time";
    }
    return Counted.of(limit.allowed(), "request")
        + " "
        + (limit instanceof Rate rate ? "per " + Durations.period(rate.period()) : "at once");
  }

  /** What a limit is counted over. */
  static String over(EvaluatedLimit limit) {
    return over(limit.limit());
  }

  /** What a limit is counted over. */
  static String over(ScopedLimit limit) {
    Scope scope = limit.scope();
    String whose =
        scope.endUser().isEmpty()
            ? ""
            : limit.limit() instanceof EndUsers ? "end users of " : "end user of ";
    return whose + scope.level().label() + " `" + scope.id() + "`" + on(scope.part());
  }

  private static String on(Scope.Part part) {
    if (part instanceof Scope.Part.OfModel one) {
      return " on `" + one.model() + "`";
    } else if (part instanceof Scope.Part.OfBlock one) {
      return " on `" + one.block() + "` and what tier `" + one.tier() + "` counts with it";
    } else if (part instanceof Scope.Part.OfTier one) {
      return " on all models of tier `" + one.tier() + "`";
    }
    return "";
  }

  /** Which field asks for too much, and of what. */
  static String of(Refusal.BoundExceeded exceeded) {
    String what =
        switch (exceeded.bound()) {
          case BATCH_SIZE -> " in one request";
          case OUTPUT_TOKENS -> " output tokens";
        };
    return "'%s': tier `%s` allows at most %d%s on `%s`, got %d."
        .formatted(
            exceeded.asked().field(),
            exceeded.tier(),
            exceeded.most(),
            what,
            exceeded.model(),
            exceeded.asked().value());
  }
}
