package dev.sluice.admission;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The counts of the store; while it is away, those of this replica, until the store has adopted
 * them. The end of a hold is told to whoever has it.
 *
 * <p>Safe for use by many threads; never blocks.
 */
public final class OutageCounters implements Counters {
  private static final Logger log = LoggerFactory.getLogger(OutageCounters.class);

  /** Holds that are kept in memory at most: some 60 MB. */
  private static final int MOST = 100_000;

  /** Decisions come first: so few holds are adopted at a time. */
  private static final int AT_A_TIME = 64;

  /** What the store has not taken for so long, it will not. */
  private static final Duration LONGEST = Duration.ofHours(1);

  private static final int MOST_ORGANIZATIONS = 10_000;
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

  private final SharedCounters store;
  private final OutagePolicy policy;
  private final Outage outage;
  private final LongSupplier nanos;
  private final RunningHere running = new RunningHere();
  private final LocalCounters local;
  private final AtomicBoolean adopting = new AtomicBoolean();

  /**
   * By organization: since when the store has counted nothing of it, though it was asked to. One
   * shard of a cluster may refuse while others count. Begins afresh when nobody asked for long.
   */
  private final Cache<String, Long> uncountedSince;

  /**
   * @param replicas how many share the store
   * @param nanos a ticker
   */
  public OutageCounters(
      SharedCounters store,
      OutagePolicy policy,
      IntSupplier replicas,
      Outage outage,
      LongSupplier nanos) {
    this.store = store;
    this.policy = policy;
    this.outage = outage;
    this.nanos = nanos;
    this.local = new LocalCounters(policy, replicas, running, nanos, MOST);
    this.uncountedSince =
        Caffeine.newBuilder()
            .maximumSize(MOST_ORGANIZATIONS)
            .expireAfterAccess(FORGOTTEN_AFTER)
            .ticker(nanos::getAsLong)
            .executor(Runnable::run)
            .build();
  }

  @Override
  public CompletionStage<Outcome> admit(Hold hold, long knownVersion) {
    return store
        .admit(hold, knownVersion)
        .whenComplete(
            (outcome, failure) -> {
              if (failure == null) {
                answered();
              }
              if (outcome instanceof Outcome.Held) {
                // Any other answer is given without a write, so also by a store that refuses them.
                uncountedSince.invalidate(hold.organization());
                running.started(hold);
              }
            });
  }

  @Override
  public boolean mayHaveCounted(Throwable failure) {
    return store.mayHaveCounted(failure);
  }

  @Override
  public CompletionStage<List<EvaluatedLimit>> evaluate(
      String organization, List<ScopedLimit> limits, Optional<Instant> at) {
    return store.evaluate(organization, limits, at);
  }

  @Override
  public CompletionStage<Boolean> renew(Hold hold) {
    if (local.renew(hold)) {
      return completedFuture(true);
    }
    // What runs must be counted, also when the store was away for longer than a lease. If it ends
    // while it is resumed, the store may count it for one lease more, and no longer.
    return store
        .renew(hold)
        .thenCompose(
            held -> held || !running.has(hold) ? completedFuture(held) : store.resume(hold));
  }

  @Override
  public CompletionStage<Boolean> settle(Hold hold, Settlement settlement) {
    running.ended(hold);
    return local.settle(hold, settlement) ? completedFuture(true) : store.settle(hold, settlement);
  }

  @Override
  public CompletionStage<Boolean> cancel(Hold hold) {
    running.ended(hold);
    return local.cancel(hold) ? completedFuture(true) : store.cancel(hold);
  }

  /** The same, where holds are admitted by this replica alone. */
  public Counters withoutStore() {
    return new WithoutStore();
  }

  /** The store answered something. */
  public void answered() {
    if (outage.present()) {
      outage.answered(local.kept());
    }
  }

  /**
   * Whether the time of an organization without the store is over. A store that says who keys are
   * and does not count (its memory is full) would else make it endless.
   */
  private boolean tooLong(String organization) {
    long now = nanos.getAsLong();
    long since = uncountedSince.asMap().computeIfAbsent(organization, unknown -> now);
    return now - since >= policy.keys().toNanos();
  }

  /**
   * Has the store adopt what was admitted without it. To be called a few times a second; does
   * nothing when there is nothing.
   */
  public void adopt() {
    if (local.kept() > 0 && adopting.compareAndSet(false, true)) {
      // One finds out whether the store is back.
      adopt(1);
    }
  }

  /** How many requests were admitted without the store that it has not adopted. */
  public int notAdopted() {
    return local.kept();
  }

  private void adopt(int number) {
    List<CompletableFuture<Boolean>> round = new ArrayList<>();
    for (LocalHold hold : local.depart(number)) {
      round.add(adopt(hold).toCompletableFuture());
    }
    var unused =
        CompletableFuture.allOf(round.toArray(CompletableFuture<?>[]::new))
            .whenComplete(
                (done, failure) -> {
                  if (failure == null
                      && !round.isEmpty()
                      && round.stream().allMatch(CompletableFuture::join)) {
                    adopt(AT_A_TIME);
                  } else {
                    adopting.set(false);
                  }
                });
  }

  /** Whether the store answered. */
  private CompletionStage<Boolean> adopt(LocalHold hold) {
    return asked(hold)
        .handle(
            (adopted, failure) -> {
              if (failure == null) {
                handOver(hold, adopted);
                outage.adopted();
                if (adopted) {
                  uncountedSince.invalidate(hold.hold.organization());
                }
                answered();
              } else {
                later(hold, failure);
              }
              return failure == null;
            });
  }

  private CompletionStage<Boolean> asked(LocalHold hold) {
    try {
      return store.adopt(hold.hold, local.age(hold), hold.settled);
    } catch (RuntimeException e) {
      // One hold that the store does not understand must not keep out the others.
      return failedFuture(e);
    }
  }

  /** The end that came meanwhile is the store's business. */
  private void handOver(LocalHold hold, boolean adopted) {
    local.forget(hold);
    if (hold.cancelled) {
      store.cancel(hold.hold);
    } else if (!hold.toldSettled || !adopted) {
      // One that was known may have been adopted before it ended.
      hold.settled.ifPresent(settlement -> store.settle(hold.hold, settlement));
    }
  }

  private void later(LocalHold hold, Throwable failure) {
    if (!local.keep(hold, store.mayHaveCounted(failure))) {
      if (hold.mayHaveArrived) {
        store.cancel(hold.hold);
      }
    } else if (local.age(hold).compareTo(LONGEST) > 0) {
      local.forget(hold);
      outage.dropped();
      log.debug("a hold is not adopted: {}", failure.toString());
    }
  }

  private final class WithoutStore implements Counters {
    @Override
    public CompletionStage<Outcome> admit(Hold hold, long knownVersion) {
      return completedFuture(
          hold.toBeAdopted() && tooLong(hold.organization())
              ? new Outcome.Unavailable()
              : local.admit(hold));
    }

    @Override
    public CompletionStage<List<EvaluatedLimit>> evaluate(
        String organization, List<ScopedLimit> limits, Optional<Instant> at) {
      return OutageCounters.this.evaluate(organization, limits, at);
    }

    @Override
    public CompletionStage<Boolean> renew(Hold hold) {
      return OutageCounters.this.renew(hold);
    }

    @Override
    public CompletionStage<Boolean> settle(Hold hold, Settlement settlement) {
      return OutageCounters.this.settle(hold, settlement);
    }

    @Override
    public CompletionStage<Boolean> cancel(Hold hold) {
      return OutageCounters.this.cancel(hold);
    }
  }
}
