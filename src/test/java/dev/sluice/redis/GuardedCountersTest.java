package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.sluice.metrics.Metrics;
import dev.sluice.ratelimit.Algorithm;
import dev.sluice.ratelimit.Counts;
import dev.sluice.ratelimit.Limit;
import dev.sluice.ratelimit.OutageAnswer;
import dev.sluice.ratelimit.RateLimitCounters;
import dev.sluice.ratelimit.RateLimitCounters.Hits;
import dev.sluice.redis.RedisUnavailable.Outcome;
import dev.sluice.testing.LogLines;
import io.lettuce.core.RedisClient;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of calls while a real Redis stands still. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GuardedCountersTest {
  private static final Limit LIMIT = new Limit(10, 3_600, Algorithm.FIXED, "");

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final Metrics metrics = new Metrics();
  private final AtomicLong nanos = new AtomicLong();

  @AfterAll
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void redisStandsStill_callsFailAtOnce_andRedisIsNotFlooded_andItRecovers() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
        RedisConnections connections =
            Store.connect(new RedisOptions(redis.url(), Duration.ofMillis(15), 10_000), loops)) {
      GuardedCounters counters =
          new GuardedCounters(
              described("main"), new RedisRateLimitCounters(connections, 300), nanos::get, metrics);
      signal(redis, "STOP");
      try {
        assertThat(outcomes(counters, "first", 20)).containsKey(Outcome.TIMEOUT);
        assertThat(open()).isZero();
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        assertThat(count(counters, "later").toCompletableFuture())
            .failsWithin(Duration.ofMinutes(1));
        assertThat(open()).isEqualTo(1);

        assertThat(outcomes(counters, "second", 2_000))
            .containsExactly(Map.entry(Outcome.CIRCUIT_OPEN, 2_000));
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(outcomes(counters, "probe", 100)).containsEntry(Outcome.CIRCUIT_OPEN, 99);
      } finally {
        signal(redis, "CONT");
      }
      Awaitility.await()
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
                assertThat(count(counters, "after").toCompletableFuture().join().size()).isOne();
              });
      assertThat(open()).isZero();
      try (RedisClient client = RedisClient.create(redis.url())) {
        assertThat(client.connect().sync().keys("second*")).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ERROR, requests get an error at once: rateLimit.outage (SLUICE_RATE_LIMIT_OUTAGE) is error",
    "OPEN, requests pass at once: rateLimit.outage (SLUICE_RATE_LIMIT_OUTAGE) is open",
    "CLOSED, requests are over their limits at once: rateLimit.outage (SLUICE_RATE_LIMIT_OUTAGE) is"
        + " closed",
    "SHARE, rateLimit.outage (SLUICE_RATE_LIMIT_OUTAGE) is share",
  })
  void isGivenUp_theLogNamesTheTimeoutAndThePolicy(OutageAnswer outage, String said) {
    RedisUnavailable late = new RedisUnavailable(Outcome.TIMEOUT, "count", "no answer");
    RateLimitCounters away = hits -> CompletableFuture.failedFuture(late);
    GuardedCounters counters =
        new GuardedCounters(
            new GuardedCounters.Described("far", Duration.ofMillis(15), outage),
            away,
            nanos::get,
            metrics);
    try (LogLines log = LogLines.warnings(GuardedCounters.class)) {
      for (int i = 0; i < 10; i++) {
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        outcome(count(counters, "any"));
      }

      assertThat(log.lines())
          .singleElement(STRING)
          .contains("does not answer within 15 ms, which is rateLimit.timeout")
          .contains("SLUICE_RATE_LIMIT_TIMEOUT", said);
    }
  }

  @Test
  void aKeyThatIsNoCounter_doesNotSpareTheOthers() {
    Store.STANDALONE.commands().set("no-counter", "text");
    GuardedCounters counters =
        new GuardedCounters(
            described("other"),
            new RedisRateLimitCounters(Store.STANDALONE.connections(), 300),
            nanos::get,
            metrics);
    for (int i = 0; i < 30; i++) {
      assertThat(outcome(count(counters, "no-counter"))).isEqualTo(Outcome.ERROR);
    }

    assertThat(count(counters, "a-counter").toCompletableFuture().join().size()).isOne();
  }

  @ParameterizedTest
  @CsvSource({"text, WRONGTYPE|ERR value is not an integer", "9223372036854775807, would overflow"})
  void aKeyThatCannotBeCountedOn_isNamedToTheCaller_andLoggedOnceAMinute(
      String value, String error) {
    String key = "unusable-" + value;
    Store.STANDALONE.commands().set(key, value);
    GuardedCounters counters =
        new GuardedCounters(
            described("named"),
            new RedisRateLimitCounters(Store.STANDALONE.connections(), 300),
            nanos::get,
            metrics);
    try (LogLines log = LogLines.warnings(UnusableCounters.class)) {
      for (int i = 0; i < 20; i++) {
        assertThat(count(counters, key).toCompletableFuture())
            .failsWithin(Duration.ofMinutes(1))
            .withThrowableThat()
            .withMessageContaining("count at " + key + ": ");
      }
      assertThat(log.lines()).singleElement(STRING).contains(key).containsPattern(error);

      nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
      outcome(count(counters, key));
      assertThat(log.lines()).hasSize(2).last(STRING).contains("19 more such failures");
    }
  }

  private static GuardedCounters.Described described(String redis) {
    return new GuardedCounters.Described(redis, Duration.ofMillis(15), OutageAnswer.ERROR);
  }

  private static CompletionStage<Counts> count(GuardedCounters counters, String key) {
    return counters.count(List.of(new Hits(key, 1, LIMIT)));
  }

  private static Map<Outcome, Integer> outcomes(GuardedCounters counters, String key, int calls) {
    List<CompletionStage<Counts>> made = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      made.add(count(counters, key + i));
    }
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    made.forEach(call -> outcomes.merge(outcome(call), 1, Integer::sum));
    return outcomes;
  }

  private static Outcome outcome(CompletionStage<Counts> call) {
    try {
      int size = call.toCompletableFuture().join().size();
      throw new AssertionError("answered: " + size);
    } catch (CompletionException e) {
      if (e.getCause() instanceof RedisUnavailable unavailable) {
        return unavailable.outcome();
      }
      throw e;
    }
  }

  private double open() {
    return metrics
        .registry()
        .getSampleValue(
            "sluice_ratelimit_circuit_open", new String[] {"redis"}, new String[] {"main"});
  }

  private static void signal(EmbeddedRedis redis, String signal) throws Exception {
    String pid = Long.toString(redis.pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }
}
