package dev.sluice.account;

import java.util.concurrent.CompletionException;

/** Why the store of accounts and counts did not say what it was asked. */
public interface StoreFailure {
  /**
   * Whether it is away: it does not answer, or does not serve. Else it answered with an error, of
   * which only this one question may be the cause.
   */
  boolean away();

  /** Whether a failure says that the store is away. A fault of Sluice does not. */
  static boolean isAway(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof StoreFailure its && its.away();
  }
}
