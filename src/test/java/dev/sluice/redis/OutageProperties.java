package dev.sluice.redis;

import static java.util.concurrent.CompletableFuture.failedFuture;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.admission.Counters.Outcome;
import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Outage;
import dev.sluice.admission.OutageCounters;
import dev.sluice.admission.OutageMetrics;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.admission.SharedCounters;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.policy.OutagePolicy.Fallback;
import dev.sluice.policy.Rate;
import dev.sluice.usage.Settlement;
import io.lettuce.core.ScriptOutputType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/**
 * A Redis that answers now and then: whatever is lost, in the end it has counted each request once,
 * in every limit, and runs what runs.
 */
final class OutageProperties {
  private static final Settlement RAN = new Settlement(Settlement.Ending.FAILED, Optional.empty());
  private static final OutagePolicy POLICY =
      new OutagePolicy(Duration.ofDays(1), Fallback.SHARE, Fallback.SHARE);
  private static final Scope USER = new Scope(Scope.Level.USER, "u", Optional.empty());
  private static final Scope KEY = new Scope(Scope.Level.KEY, "k", Optional.empty());

  private static final String FORGET =
      "redis.call('ZREM', KEYS[2], KEYS[1]) redis.call('ZREM', KEYS[3], KEYS[1])"
          + " redis.call('DEL', KEYS[1]) return redis.status_reply('OK')";

  /** Two of one window, as a tier and a user may have them. */
  private static final List<ScopedLimit> LIMITS =
      List.of(
          new ScopedLimit(USER, new Rate(1_000, Duration.ofDays(10))),
          new ScopedLimit(USER, new Rate(2_000, Duration.ofDays(10))),
          new ScopedLimit(USER, new Rate(3_000, Duration.ofDays(20))),
          new ScopedLimit(KEY, new Rate(1_000, Duration.ofDays(10))),
          new ScopedLimit(USER, new Concurrency(1_000)),
          new ScopedLimit(KEY, new Concurrency(1_000)));

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void answersAreLost_inTheEndAllIsCountedOnce(@ForAll Store store, @ForAll long seed) {
    Run run = new Run(store, new Random(seed));
    for (int i = 0; i < 40; i++) {
      run.step();
    }
    run.end();
  }

  private static final class Run {
    private final String organization = "o-" + UUID.randomUUID().toString().substring(0, 13);
    private final Store store;
    private final Random random;
    private final Losing losing;
    private final OutageCounters counters;
    private final List<Hold> open = new ArrayList<>();

    /** Those that were not renewed for a lease: what they took of periods they keep. */
    private final Set<Hold> lapsed = new HashSet<>();

    private int counted;

    private Run(Store store, Random random) {
      this.store = store;
      this.random = random;
      this.losing = new Losing(new RedisCounters(store.connections()), random);
      Outage outage = new Outage(POLICY, () -> 1, new Unheard(), System::nanoTime);
      this.counters = new OutageCounters(losing, POLICY, () -> 1, outage, System::nanoTime);
    }

    private void step() {
      switch (random.nextInt(6)) {
        case 0, 1 -> open.add(admitted());
        case 2 -> counters.adopt();
        case 3 -> any().ifPresent(this::settle);
        case 4 -> any().filter(hold -> !lapsed.contains(hold)).ifPresent(this::cancel);
        default -> any().ifPresent(this::lapse);
      }
    }

    /** As an admission does it. */
    private Hold admitted() {
      counted++;
      Hold first = hold();
      try {
        assertThat(join(counters.admit(first, 0))).isInstanceOf(Outcome.Held.class);
        return first;
      } catch (CompletionException e) {
        if (counters.mayHaveCounted(e)) {
          join(counters.cancel(first));
        }
      }
      Hold other = hold();
      assertThat(join(counters.withoutStore().admit(other, 0))).isInstanceOf(Outcome.Held.class);
      return other;
    }

    private void settle(Hold hold) {
      join(counters.settle(hold, RAN));
      open.remove(hold);
    }

    private void cancel(Hold hold) {
      join(counters.cancel(hold));
      open.remove(hold);
      counted--;
    }

    /** Redis forgets it, as it does after a lease. */
    private void lapse(Hold hold) {
      Keys names = new Keys(organization);
      String key = names.hold(hold.id());
      // At once, as time does it: an adoption may be on its way.
      store
          .commands()
          .eval(FORGET, ScriptOutputType.STATUS, key, names.running(USER), names.running(KEY));
      lapsed.add(hold);
    }

    private void end() {
      losing.nothing();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                counters.adopt();
                return counters.notAdopted() == 0;
              });
      open.forEach(hold -> join(counters.renew(hold)));
      // What the end of an adoption tells Redis is not waited for.
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(join(counters.evaluate(organization, LIMITS)))
                      .allSatisfy(
                          limit -> assertThat(limit.used()).as("%s", limit).isEqualTo(of(limit))));
    }

    private long of(EvaluatedLimit limit) {
      return limit.limit().limit() instanceof Rate ? counted : open.size();
    }

    private Optional<Hold> any() {
      return open.isEmpty() ? Optional.empty() : Optional.of(open.get(random.nextInt(open.size())));
    }

    private Hold hold() {
      return new Hold(
          UUID.randomUUID().toString(),
          Optional.empty(),
          organization,
          LIMITS,
          Duration.ofMinutes(30));
    }
  }

  /** Loses calls, and answers; not those that are delivered until they are answered. */
  private static final class Losing implements SharedCounters {
    private final RedisCounters counters;
    private final Random random;
    private volatile boolean nothing;

    private Losing(RedisCounters counters, Random random) {
      this.counters = counters;
      this.random = random;
    }

    private void nothing() {
      nothing = true;
    }

    private <T> CompletionStage<T> call(Supplier<CompletionStage<T>> call) {
      int luck = nothing ? 2 : random.nextInt(4);
      if (luck == 0) {
        return failedFuture(
            new RedisUnavailable(RedisUnavailable.Outcome.NOT_SENT, "it", "lost", false));
      }
      CompletionStage<T> answer = call.get();
      return luck == 1
          ? answer.thenCompose(
              lost ->
                  failedFuture(
                      new RedisUnavailable(RedisUnavailable.Outcome.TIMEOUT, "it", "lost")))
          : answer;
    }

    @Override
    public CompletionStage<Outcome> admit(Hold hold, long knownVersion) {
      return call(() -> counters.admit(hold, knownVersion));
    }

    @Override
    public boolean mayHaveCounted(Throwable failure) {
      return counters.mayHaveCounted(failure);
    }

    @Override
    public CompletionStage<Boolean> adopt(Hold hold, Duration age, Optional<Settlement> settled) {
      return call(() -> counters.adopt(hold, age, settled));
    }

    @Override
    public CompletionStage<Boolean> resume(Hold hold) {
      return call(() -> counters.resume(hold));
    }

    @Override
    public CompletionStage<List<EvaluatedLimit>> evaluate(
        String organization, List<ScopedLimit> limits, Optional<Instant> at) {
      return counters.evaluate(organization, limits, at);
    }

    @Override
    public CompletionStage<Boolean> renew(Hold hold) {
      return call(() -> counters.renew(hold));
    }

    @Override
    public CompletionStage<Boolean> settle(Hold hold, Settlement settlement) {
      return counters.settle(hold, settlement);
    }

    @Override
    public CompletionStage<Boolean> cancel(Hold hold) {
      return counters.cancel(hold);
    }
  }

  private static final class Unheard implements OutageMetrics {
    @Override
    public void withoutStore(boolean now) {}

    @Override
    public void decidedWithoutStore(String outcome) {}

    @Override
    public void neverCounted() {}
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
