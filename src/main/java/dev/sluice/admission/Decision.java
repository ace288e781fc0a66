package dev.sluice.admission;

import dev.sluice.account.Caller;
import dev.sluice.policy.Block;
import dev.sluice.policy.Tier;
import java.util.List;
import java.util.Optional;

/** The answer to an admission request. Headers, explanations, logs and metrics are views of it. */
public sealed interface Decision {
  /**
   * The limits that were evaluated, in the order of the hold; empty when it did not come to that.
   */
  List<EvaluatedLimit> limits();

  /**
   * The request may go on, and must be settled or cancelled by its hold.
   *
   * @param block what holds for the model in the caller's tier
   * @param wouldRefuse what would have refused it, if what is in shadow were enforced
   */
  record Admitted(
      Caller caller,
      String model,
      Tier tier,
      Block block,
      Hold hold,
      List<EvaluatedLimit> limits,
      Optional<Refusal> wouldRefuse)
      implements Decision {
    public Admitted {
      limits = List.copyOf(limits);
    }
  }

  /**
   * The request may not go on; nothing was counted.
   *
   * @param caller empty when the key is not honoured
   */
  record Refused(Refusal refusal, Optional<Caller> caller, List<EvaluatedLimit> limits)
      implements Decision {
    public Refused {
      limits = List.copyOf(limits);
    }
  }
}
