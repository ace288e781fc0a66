package dev.sluice.admission;

import dev.sluice.account.Caller;
import dev.sluice.policy.ModelAccess;
import java.util.Optional;

/** What the records and the catalog say of a request, before anything is counted. */
sealed interface Judgement {
  /**
   * The caller may use the model.
   *
   * @param wouldRefuse the bound in shadow that the request exceeds
   */
  record For(Caller caller, ModelAccess.Allowed access, Optional<Refusal> wouldRefuse)
      implements Judgement {}

  /** The request is refused; the caller is empty when there is no such key. */
  record Against(Refusal refusal, Optional<Caller> caller) implements Judgement {}
}
