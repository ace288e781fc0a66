package dev.sluice.account;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
public final class Callers {
  private final CallerLookup accounts;
  private final LongSupplier nanos;
  private final Cache<KeyText, Known> known;

  private record Known(Caller caller, long loadedAt) {}

  /**
   * @param size how many keys are kept
   * @param nanos a ticker
   */
  public Callers(CallerLookup accounts, long size, LongSupplier nanos) {
    this.accounts = accounts;
    this.nanos = nanos;
    this.known = Caffeine.newBuilder().maximumSize(size).build();
  }

  /** The caller as this replica knows it, however old that is, else as the store says. */
  public CompletionStage<Optional<Caller>> known(KeyText key) {
    Known found = known.getIfPresent(key);
    return found == null
        ? load(key)
        : CompletableFuture.completedFuture(Optional.of(found.caller()));
  }

  /** The caller as the store had it within {@code age}. */
  public CompletionStage<Optional<Caller>> recent(KeyText key, Duration age) {
    Known found = known.getIfPresent(key);
    return found == null || nanos.getAsLong() - found.loadedAt() > age.toNanos()
        ? load(key)
        : CompletableFuture.completedFuture(Optional.of(found.caller()));
  }

  /** The caller as the store has it. */
  public CompletionStage<Optional<Caller>> load(KeyText key) {
    // The age counts from the question, not from the answer: a change in between is not in it.
    long asked = nanos.getAsLong();
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
}
