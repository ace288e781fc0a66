package dev.sluice.admission;

import dev.sluice.account.Caller;
import java.util.Optional;

/** Whether a credential is honoured. */
public sealed interface Authentication {
  /** It stands for this caller. */
  record Known(Caller caller) implements Authentication {}

  /**
   * It is not honoured.
   *
   * @param caller whom it would stand for; empty when there is no such key
   */
  record Rejected(Refusal refusal, Optional<Caller> caller) implements Authentication {}
}
