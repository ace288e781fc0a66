package dev.sluice.account;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * Changes records by what they are at the time, also when others change them at the same time.
 * Never blocks.
 */
public final class Changes {
  /** How often a change follows those that overtake it, before it fails. */
  private static final int ATTEMPTS = 10;

  private final Accounts accounts;
  private final String actor;

  /**
   * @param actor who changes, for the audit
   */
  public Changes(Accounts accounts, String actor) {
    this.accounts = accounts;
    this.actor = actor;
  }

  /**
   * Changes a record; one that stays as it is, is not written.
   *
   * @param change has no effect of its own: it may be asked several times
   * @return the record as it is then
   */
  public <R extends AccountRecord> CompletionStage<R> change(
      RecordKind<R> kind, String organization, String id, UnaryOperator<R> change) {
    return change(kind, organization, id, change, ATTEMPTS);
  }

  private <R extends AccountRecord> CompletionStage<R> change(
      RecordKind<R> kind, String organization, String id, UnaryOperator<R> change, int attempts) {
    return accounts
        .read(kind, organization, id)
        .thenCompose(
            found -> {
              Stored<R> before =
                  found.orElseThrow(
                      () ->
                          new Accounts.RecordConflict(
                              // Without the id: in its place may stand the text of a key.
                              "there is no such " + kind.label()));
              R after = change.apply(before.record());
              return after.equals(before.record())
                  ? CompletableFuture.completedFuture(after)
                  : accounts.replace(actor, before.with(after)).thenApply(version -> after);
            })
        .handle(
            (after, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(after);
              }
              Throwable cause = cause(failure);
              return cause instanceof Accounts.StaleRevision && attempts > 1
                  ? change(kind, organization, id, change, attempts - 1)
                  : CompletableFuture.<R>failedFuture(cause);
            })
        .thenCompose(result -> result);
  }

  static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
