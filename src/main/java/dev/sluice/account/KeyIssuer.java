package dev.sluice.account;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/** Issues API keys, with the records that a key stands on, and rotates them. Never blocks. */
public final class KeyIssuer {
  private final Accounts accounts;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final String actor;

  /**
   * @param random cryptographically strong
   * @param actor who issues, for the audit
   */
  public KeyIssuer(Accounts accounts, RandomGenerator random, String actor) {
    this(accounts, random, InstantSource.system(), actor);
  }

  /**
   * @param random cryptographically strong
   * @param clock for the time at which a key was issued
   * @param actor who issues, for the audit
   */
  public KeyIssuer(Accounts accounts, RandomGenerator random, InstantSource clock, String actor) {
    this.accounts = accounts;
    this.random = random;
    this.clock = clock;
    this.actor = actor;
  }

  /**
   * What is asked for.
   *
   * @param tier of the user, when the user is new
   */
  public record Order(
      String organization, String project, String user, Optional<String> tier, KeyTerms terms) {

    /** A key for production. */
    public Order(
        String organization,
        String project,
        String user,
        String name,
        Optional<String> tier,
        Optional<Instant> expires) {
      this(organization, project, user, tier, KeyTerms.named(name).withExpiry(expires));
    }
  }

  /**
   * A key that was issued.
   *
   * @param text the secret: shown now and never again
   */
  public record Issued(KeyText text, ApiKey record) {}

  /** Creates the organization, project and user where they are missing, and a new key. */
  public CompletionStage<Issued> issue(Order order) {
    String id = order.organization();
    return ensure(new Organization(id, id, Optional.empty()))
        .thenCompose(
            v -> ensure(new Project(id, order.project(), order.project(), Optional.empty())))
        .thenCompose(
            v -> ensure(new User(id, order.user(), order.user(), Role.DEVELOPER, order.tier())))
        .thenCompose(v -> issueAlone(order));
  }

  /** Creates a new key of a user and project that there are. */
  public CompletionStage<Issued> issueAlone(Order order) {
    KeyText text = KeyText.generate(order.organization(), random);
    ApiKey key = ApiKey.issued(text, order.project(), order.user(), order.terms(), clock.instant());
    return accounts.create(actor, key).thenApply(version -> new Issued(text, key));
  }

  /**
   * Gives a key a new text.
   *
   * @param grace how long the one before it still works
   */
  public CompletionStage<Issued> rotate(String organization, String id, Duration grace) {
    KeyText text = KeyText.generate(organization, random);
    return new Changes(accounts, actor)
        .change(RecordKind.KEY, organization, id, key -> key.rotate(text, clock.instant(), grace))
        .thenApply(key -> new Issued(text, key));
  }

  private CompletionStage<Boolean> ensure(AccountRecord record) {
    return accounts
        .create(actor, record)
        .handle(
            (version, failure) -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(true);
              }
              Throwable cause = Changes.cause(failure);
              return cause instanceof Accounts.RecordConflict
                  ? CompletableFuture.completedFuture(false)
                  : CompletableFuture.<Boolean>failedFuture(cause);
            })
        .thenCompose(result -> result);
  }
}
