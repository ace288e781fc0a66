package dev.sluice.account;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * Remembers when keys were last used, until it is written to the store: many keys in one call, and
 * none for a request.
 *
 * <p>What the store does not take is kept for the next time. Safe for use by many threads; never
 * blocks.
 */
public final class LastUses implements KeyUse {
  /** How many calls go out at a time; each that fails ends one row of them. */
  private static final int AT_A_TIME = 8;

  private static final long SECOND = 1_000_000_000L;

  private final LastUseStore store;
  private final int most;
  private final LongSupplier nanos;
  private final Runnable dropped;
  private final Map<Key, Long> uses = new ConcurrentHashMap<>();
  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
  private volatile boolean begun;

  private record Key(String organization, String id) {}

  /** Some keys of one organization, with when they were used. */
  private record Batch(String organization, Map<String, Long> uses) {}

  /**
   * @param most how many keys are remembered
   * @param nanos a ticker, so that no clock of this machine matters
   * @param dropped called for each use that found no room
   */
  public LastUses(LastUseStore store, int most, LongSupplier nanos, Runnable dropped) {
    this.store = store;
    this.most = most;
    this.nanos = nanos;
    this.dropped = dropped;
  }

  @Override
  public void used(ApiKey key) {
    Key named = new Key(key.organization(), key.id());
    long now = nanos.getAsLong();
    Long last = uses.get(named);
    // A busy key is only read here, so that no thread waits for another.
    if (last == null || now - last >= SECOND) {
      put(named, now);
    }
  }

  private void put(Key key, long at) {
    if (uses.size() < most || uses.containsKey(key)) {
      uses.merge(key, at, (one, other) -> one - other > 0 ? one : other);
    } else {
      dropped.run();
    }
  }

  /**
   * Writes what there is; if that is being done already, nothing else.
   *
   * @return when it is done, or has failed; does not fail itself
   */
  public synchronized CompletionStage<Void> write() {
    if (writing.isDone()) {
      writing = new CompletableFuture<>();
      begin(writing);
    }
    return writing;
  }

  private void begin(CompletableFuture<Void> done) {
    CompletionStage<Void> first = begun ? CompletableFuture.completedFuture(null) : store.begin();
    var unused =
        first.whenComplete(
            (v, failure) -> {
              if (failure != null) {
                done.complete(null);
                return;
              }
              begun = true;
              rows(new ConcurrentLinkedQueue<>(taken()), done);
            });
  }

  /** In no order, so that an organization whose node is away does not hold up the same others. */
  private List<Batch> taken() {
    Map<String, List<Batch>> byOrganization = new HashMap<>();
    uses.forEach(
        (key, at) -> {
          if (uses.remove(key, at)) {
            List<Batch> its =
                byOrganization.computeIfAbsent(key.organization(), none -> new ArrayList<>());
            if (its.isEmpty() || its.get(its.size() - 1).uses().size() == LastUseStore.MOST) {
              its.add(new Batch(key.organization(), new HashMap<>()));
            }
            its.get(its.size() - 1).uses().put(key.id(), at);
          }
        });
    List<Batch> all = new ArrayList<>();
    byOrganization.values().forEach(all::addAll);
    Collections.shuffle(all);
    return all;
  }

  private void rows(Queue<Batch> batches, CompletableFuture<Void> done) {
    List<CompletableFuture<Void>> rows = new ArrayList<>();
    for (int i = 0; i < AT_A_TIME; i++) {
      CompletableFuture<Void> row = new CompletableFuture<>();
      rows.add(row);
      row(batches, row);
    }
    var unused =
        CompletableFuture.allOf(rows.toArray(CompletableFuture<?>[]::new))
            .thenRun(
                () -> {
                  batches.forEach(this::back);
                  done.complete(null);
                });
  }

  private void row(Queue<Batch> batches, CompletableFuture<Void> ended) {
    Batch batch = batches.poll();
    if (batch == null) {
      ended.complete(null);
      return;
    }
    long now = nanos.getAsLong();
    Map<String, Duration> ago = new HashMap<>();
    batch.uses().forEach((id, at) -> ago.put(id, Duration.ofNanos(now - at)));
    var unused =
        store
            .write(batch.organization(), ago)
            .whenComplete(
                (v, failure) -> {
                  if (failure == null) {
                    row(batches, ended);
                  } else {
                    back(batch);
                    ended.complete(null);
                  }
                });
  }

  private void back(Batch batch) {
    batch.uses().forEach((id, at) -> put(new Key(batch.organization(), id), at));
  }
}
