package dev.sluice.account;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** Issues API keys, with the records that a key stands on. Never blocks. */
public final class KeyIssuer {
  private final Accounts accounts;
  private final RandomGenerator random;
  private final String actor;

  /**
   * @param random cryptographically strong
   * @param actor who issues, for the audit
   */
  public KeyIssuer(Accounts accounts, RandomGenerator random, String actor) {
    this.accounts = accounts;
    this.random = random;
    this.actor = actor;
  }

  /**
   * What is asked for.
   *
   * @param name of the key, for people
   * @param tier of the user, when the user is new
   */
  public record Order(
      String organization,
      String project,
      String user,
      String name,
      Optional<String> tier,
      Optional<Instant> expires) {}

  /**
   * A key that was issued.
   *
   * @param text the secret: shown now and never again
   */
  public record Issued(KeyText text, ApiKey record) {}

  /** Creates the organization, project and user where they are missing, and a new key. */
  public CompletionStage<Issued> issue(Order order) {
    KeyText text = KeyText.generate(order.organization(), random);
    ApiKey key =
        new ApiKey(
            order.organization(),
            "key-" + text.hash().substring(0, 16),
            order.name(),
            order.project(),
            order.user(),
            text.hash(),
            text.lastFour(),
            Optional.empty(),
            order.expires(),
            false);
    return ensure(new Organization(order.organization(), order.organization(), Optional.empty()))
        .thenCompose(
            v ->
                ensure(
                    new Project(
                        order.organization(), order.project(), order.project(), Optional.empty())))
        .thenCompose(
            v ->
                ensure(
                    new User(
                        order.organization(),
                        order.user(),
                        order.user(),
                        Role.DEVELOPER,
                        order.tier())))
        .thenCompose(v -> accounts.create(actor, key))
        .thenApply(version -> new Issued(text, key));
  }

  private CompletionStage<Boolean> ensure(AccountRecord record) {
    return accounts
        .create(actor, record)
        .handle(
            (version, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(true);
              }
              Throwable cause =
                  failure instanceof CompletionException && failure.getCause() != null
                      ? failure.getCause()
                      : failure;
              return cause instanceof Accounts.RecordConflict
                  ? CompletableFuture.completedFuture(false)
                  : CompletableFuture.<Boolean>failedFuture(cause);
            })
        .thenCompose(result -> result);
  }
}
