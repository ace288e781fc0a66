package dev.sluice.admission;

import dev.sluice.account.Caller;

/** Whether a credential is honoured. */
public sealed interface Authentication {
  /** It stands for this caller. */
  record Known(Caller caller) implements Authentication {}

  /** It is not honoured. */
  record Rejected(Refusal refusal) implements Authentication {}
}
