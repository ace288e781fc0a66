package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.admission.EvaluatedLimit;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.policy.Concurrency;
import dev.sluice.policy.Limit;
import dev.sluice.policy.Rate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How limits will stand at another time, if nothing more is counted. */
final class EvaluateLaterTest {
  private static final Instant START = Instant.ofEpochMilli(1_800_000_000_000L);
  private static final Duration LEASE = Duration.ofHours(1);

  private final String organization = "later-" + UUID.randomUUID().toString().substring(0, 8);
  private final ScopedLimit minute = limit(new Rate(2, Duration.ofMinutes(1)));
  private final ScopedLimit day = limit(new Rate(9, Duration.ofDays(1)));
  private final ScopedLimit running = limit(new Concurrency(2));
  private final VirtualClock clock = new VirtualClock(Store.STANDALONE, organization);
  private final RedisCounters counters =
      new RedisCounters(Store.STANDALONE.connections(), clock::load);

  @BeforeEach
  void useUpTheMinute() {
    clock.set(START.toEpochMilli());
    for (String id : List.of("one", "two")) {
      join(
          counters.admit(
              new Hold(id, Optional.empty(), organization, List.of(minute, day, running), LEASE),
              0));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-3600, 2, true, 2",
    "0, 2, true, 2",
    "30, 2, true, 2",
    "61, 0, false, 2",
    "90000, 0, false, 0"
  })
  void evaluate_atATime_isAsTheWindowsAreThen(
      long seconds, long ofMinute, boolean exhausted, long ofDay) {
    List<EvaluatedLimit> then = evaluate(Optional.of(START.plusSeconds(seconds)));

    assertThat(then).extracting(EvaluatedLimit::used).containsExactly(ofMinute, ofDay, 2L);
    assertThat(then.get(0).exhausted()).isEqualTo(exhausted);
  }

  @Test
  void evaluate_atATime_saysTheWaitFromThenOn() {
    EvaluatedLimit now = evaluate(Optional.empty()).get(0);
    EvaluatedLimit then = evaluate(Optional.of(START.plusSeconds(20))).get(0);

    assertThat(then.retryAfter()).contains(now.retryAfter().orElseThrow().minusSeconds(20));
    assertThat(then.reset()).isEqualTo(now.reset().minusSeconds(20));
  }

  @Test
  void evaluate_atAnyTime_changesNothing() {
    byte[] before = Store.STANDALONE.commands().dump(key());

    evaluate(Optional.of(START.plusSeconds(100_000)));

    assertThat(Store.STANDALONE.commands().dump(key())).isEqualTo(before);
    assertThat(evaluate(Optional.empty()))
        .extracting(EvaluatedLimit::used)
        .containsExactly(2L, 2L, 2L);
  }

  private String key() {
    return new Keys(organization).rate(minute.scope());
  }

  private List<EvaluatedLimit> evaluate(Optional<Instant> at) {
    return join(counters.evaluate(organization, List.of(minute, day, running), at));
  }

  private static ScopedLimit limit(Limit limit) {
    return new ScopedLimit(new Scope(Scope.Level.KEY, "k", Optional.empty()), limit);
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}
