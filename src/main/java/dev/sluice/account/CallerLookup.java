package dev.sluice.account;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Finds who a key stands for: all that a decision needs of the {@link Accounts}. */
public interface CallerLookup {
  /** The caller that a key stands for; empty when there is no such key. */
  CompletionStage<Optional<Caller>> caller(KeyText key);
}
