package dev.sluice.account;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The callers that this replica knows, in front of the store.
 *
 * <p>A known caller may be out of date. Whoever counts by it passes its version to the store, which
 * says so; whoever does not, asks for one that is recent. Unknown keys are not kept: a key works
 * from the moment it is created.
 *
 * <p>Safe for use by many threads; never blocks.
 */
public final class Callers implements CallerSource {
  /** A busy key is not written to for each of its requests. */
  private static final long GRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final CallerLookup accounts;
  private final LongSupplier nanos;
  private final Cache<KeyText, Known> known;

  /** A caller, and when the store was last asked whether it is so. */
  private static final class Known {
    private final Caller caller;
    private volatile long confirmedAt;

    private Known(Caller caller, long confirmedAt) {
      this.caller = caller;
      this.confirmedAt = confirmedAt;
    }
  }

  /**
   * @param size how many keys are kept
   * @param nanos a ticker
   */
  public Callers(CallerLookup accounts, long size, LongSupplier nanos) {
    this.accounts = accounts;
    this.nanos = nanos;
    this.known = Caffeine.newBuilder().maximumSize(size).build();
  }

  @Override
  public CompletionStage<Optional<Caller>> known(KeyText key) {
    Known found = known.getIfPresent(key);
    return found == null ? load(key) : completedFuture(Optional.of(found.caller));
  }

  @Override
  public CompletionStage<Optional<Caller>> recent(KeyText key, Duration age) {
    Known found = known.getIfPresent(key);
    return found == null || now() - found.confirmedAt > age.toNanos()
        ? load(key)
        : completedFuture(Optional.of(found.caller));
  }

  @Override
  public CompletionStage<Optional<Caller>> load(KeyText key) {
    // The age counts from the question, not from the answer: a change in between is not in it.
    long asked = now();
    return accounts
        .caller(key)
        .thenApply(
            found -> {
              // Also when it is older than what is known: after a failover the store's word counts.
              found.ifPresentOrElse(
                  caller -> known.put(key, new Known(caller, asked)), () -> known.invalidate(key));
              return found;
            });
  }

  @Override
  public long now() {
    return nanos.getAsLong();
  }

  @Override
  public void confirmed(KeyText key, Caller caller, long asked) {
    Known found = known.getIfPresent(key);
    if (found != null
        && found.caller.version() == caller.version()
        && asked - found.confirmedAt > GRAIN_NANOS) {
      found.confirmedAt = asked;
    }
  }

  /**
   * The same without the store: those that it confirmed less than so long ago, and no others. It
   * answers at once.
   *
   * @param consulted called for each question
   */
  public CallerSource confirmedWithin(Duration age, Runnable consulted) {
    return new Confirmed(age.toNanos(), consulted);
  }

  private final class Confirmed implements CallerSource {
    private final long age;
    private final Runnable consulted;

    private Confirmed(long age, Runnable consulted) {
      this.age = age;
      this.consulted = consulted;
    }

    @Override
    public CompletionStage<Optional<Caller>> load(KeyText key) {
      consulted.run();
      Known found = known.getIfPresent(key);
      return found != null && now() - found.confirmedAt < age
          ? completedFuture(Optional.of(found.caller))
          : failedFuture(new Unconfirmed());
    }

    @Override
    public CompletionStage<Optional<Caller>> known(KeyText key) {
      return load(key);
    }

    @Override
    public CompletionStage<Optional<Caller>> recent(KeyText key, Duration newest) {
      return load(key);
    }

    @Override
    public long now() {
      return Callers.this.now();
    }

    /** Nobody was asked. */
    @Override
    public void confirmed(KeyText key, Caller caller, long asked) {}
  }

  /** In an outage there is one for each request: so without a stack trace. */
  private static final class Unconfirmed extends RuntimeException implements StoreFailure {
    private static final long serialVersionUID = 1L;

    private Unconfirmed() {
      super("the store has not confirmed this key lately", null, false, false);
    }

    @Override
    public boolean away() {
      return true;
    }
  }
}
