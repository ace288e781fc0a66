package dev.sluice.account;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds who a key stands for by the key's id: for those who ask about it, and have not its text.
 *
 * <p>The records are read one by one, so a change in between may be seen in some of them only; no
 * decision is made by what this finds.
 */
public final class CallersById {
  private final Accounts accounts;

  public CallersById(Accounts accounts) {
    this.accounts = accounts;
  }

  /** The caller; empty when there is no such key. Fails as {@link Accounts#read} does. */
  public CompletionStage<Optional<Caller>> find(String organization, String id) {
    return accounts
        .read(RecordKind.KEY, organization, id)
        .thenCompose(
            found ->
                found.isEmpty()
                    ? CompletableFuture.completedFuture(Optional.empty())
                    : of(organization, found.get().record()));
  }

  private CompletionStage<Optional<Caller>> of(String organization, ApiKey key) {
    CompletionStage<Optional<Organization>> its =
        read(RecordKind.ORGANIZATION, organization, organization);
    CompletionStage<Optional<Project>> project =
        read(RecordKind.PROJECT, organization, key.project());
    CompletionStage<Optional<User>> user = read(RecordKind.USER, organization, key.user());
    return its.thenCompose(
        o ->
            project.thenCombine(
                user,
                (p, u) ->
                    o.isEmpty() || p.isEmpty() || u.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Caller(o.get(), p.get(), u.get(), key, 0))));
  }

  private <R extends AccountRecord> CompletionStage<Optional<R>> read(
      RecordKind<R> kind, String organization, String id) {
    return accounts.read(kind, organization, id).thenApply(found -> found.map(Stored::record));
  }
}
