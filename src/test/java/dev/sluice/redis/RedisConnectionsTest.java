package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.metrics.Metrics;
import dev.sluice.redis.RedisUnavailable.Outcome;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedisConnectionsTest {
  private static final Script COUNT = new Script("count", "return {redis.call('INCR', KEYS[1])}");
  private static final Script BROKEN = new Script("broken", "return redis.error_reply('ERR no')");

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());

  @AfterAll
  void stop() {
    redis.close();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @Test
  void run_onAnEventLoop_completesOnThatLoop() {
    try (RedisConnections connections = Store.connect(options(2_000), loops)) {
      for (int i = 0; i < 2; i++) {
        EventLoop loop = loops.next();
        CompletableFuture<Boolean> same = new CompletableFuture<>();
        loop.execute(
            () -> {
              var unused =
                  connections
                      .run(COUNT, List.of("loop"), List.of())
                      .whenComplete((reply, failure) -> same.complete(loop.inEventLoop()));
            });
        assertThat(same.join()).isTrue();
      }
    }
  }

  @Test
  void run_scriptFails_saysWhichAndWhy() {
    try (RedisConnections connections = Store.connect(options(2_000), loops)) {
      RedisUnavailable failure = failure(connections.run(BROKEN, List.of("k"), List.of()));

      assertThat(failure).hasMessageContaining("broken").hasMessageContaining("ERR no");
      assertThat(failure.outcome()).isEqualTo(Outcome.ERROR);
      assertThat(failure.getStackTrace()).isEmpty();
    }
  }

  @Test
  void run_redisStandsStill_endsByItsDeadlineAndWorksAgain() throws Exception {
    try (RedisConnections connections = Store.connect(options(300), loops)) {
      signal("STOP");
      try {
        long start = System.nanoTime();
        List<CompletionStage<List<Object>>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          calls.add(connections.run(COUNT, List.of("still"), List.of()));
        }
        for (CompletionStage<List<Object>> call : calls) {
          assertThat(failure(call).outcome()).isEqualTo(Outcome.TIMEOUT);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .isBetween(Duration.ofMillis(290), Duration.ofSeconds(30));
      } finally {
        signal("CONT");
      }
      awaitAnswer(connections, "again");
    }
  }

  @Test
  void run_afterCallsThatWereNotAnswered_endsAtOnceUntilAnythingIsAnswered() throws Exception {
    Duration deadline = Duration.ofSeconds(3);
    RedisOptions patient = new RedisOptions(redis.url(), deadline, 10_000);
    try (RedisConnections connections = Store.connect(patient, loops)) {
      signal("STOP");
      try {
        for (RedisConnection each : connections.all()) {
          assertThat(failure(each.ping()).outcome()).isEqualTo(Outcome.TIMEOUT);
        }
        for (int i = 0; i < 100; i++) {
          RedisUnavailable failure = failure(connections.run(COUNT, List.of("not"), List.of()));
          assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
          assertThat(failure.sent()).isFalse();
        }
        assertThat(connections.sinceAnswer().orElseThrow()).isGreaterThan(deadline);
      } finally {
        signal("CONT");
      }
      // Nobody calls: a probe finds out.
      Awaitility.await()
          .until(() -> connections.sinceAnswer().orElseThrow().compareTo(deadline) < 0);
      awaitAnswer(connections, "again");
      assertThat(connections.run(COUNT, List.of("not"), List.of()).toCompletableFuture().join())
          .containsExactly(1L);
    }
  }

  @Test
  void run_redisStandsStill_refusesMoreCallsThanMayBeInFlight() throws Exception {
    RedisOptions few = new RedisOptions(redis.url(), Duration.ofSeconds(1), 20);
    try (RedisConnections connections = Store.connect(few, loops)) {
      signal("STOP");
      try {
        List<CompletionStage<List<Object>>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          calls.add(connections.run(COUNT, List.of("many"), List.of()));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (CompletionStage<List<Object>> call : calls) {
          outcomes.add(failure(call).outcome());
        }
        assertThat(outcomes).filteredOn(Outcome.TIMEOUT::equals).hasSizeBetween(1, 44);
        assertThat(outcomes).filteredOn(Outcome.ERROR::equals).hasSizeGreaterThan(50);
      } finally {
        signal("CONT");
      }
      awaitAnswer(connections, "again");
    }
  }

  @Test
  void runWithReserve_moreThanMayBeInFlight_leavesRoomForOthers() throws Exception {
    RedisOptions few = new RedisOptions(redis.url(), Duration.ofSeconds(1), 20);
    try (RedisConnections connections = Store.connect(few, loops)) {
      signal("STOP");
      try {
        List<CompletionStage<List<Object>>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          calls.add(connections.runWithReserve(COUNT, List.of("many"), List.of()));
        }
        CompletionStage<List<Object>> first = connections.run(COUNT, List.of("one"), List.of());
        CompletionStage<List<Object>> second = connections.run(COUNT, List.of("one"), List.of());

        assertThat(calls.stream().map(call -> failure(call).outcome()))
            .filteredOn(Outcome.ERROR::equals)
            .hasSizeGreaterThan(50);
        assertThat(failure(first).outcome()).isEqualTo(Outcome.TIMEOUT);
        assertThat(failure(second).outcome()).isEqualTo(Outcome.TIMEOUT);
      } finally {
        signal("CONT");
      }
      awaitAnswer(connections, "again");
    }
  }

  @Test
  void run_redisRestarts_failsMeanwhileAndCountsNothingTwice() {
    int port = redis.port();
    try (RedisConnections connections = Store.connect(options(2_000), loops)) {
      redis.close();
      long start = System.nanoTime();
      RedisUnavailable failure = failure(connections.run(COUNT, List.of("gone"), List.of()));
      assertThat(failure.outcome()).isEqualTo(Outcome.DISCONNECTED);
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(30));

      redis = EmbeddedRedis.start(new EmbeddedRedis.Options(port, Optional.empty(), List.of()));

      awaitAnswer(connections, "back");
      assertThat(connections.run(COUNT, List.of("gone"), List.of()).toCompletableFuture().join())
          .containsExactly(1L);
    }
  }

  @Test
  void run_redisEndsWithCallsInFlight_forgetsThem() throws Exception {
    int port = redis.port();
    RedisOptions few = new RedisOptions(redis.url(), Duration.ofMillis(200), 10);
    try (RedisConnections connections = Store.connect(few, loops)) {
      signal("STOP");
      for (int i = 0; i < 40; i++) {
        failure(connections.run(COUNT, List.of("full"), List.of()));
      }
      redis.close();
      redis = EmbeddedRedis.start(new EmbeddedRedis.Options(port, Optional.empty(), List.of()));

      awaitAnswer(connections, "empty");
    }
  }

  @Test
  void open_redisIsNotThere_returnsAtOnceAndConnectsLater() {
    EmbeddedRedis late = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    int port = late.port();
    late.close();
    long start = System.nanoTime();
    try (RedisConnections connections =
        RedisConnections.open(RedisOptions.of(late.url()), loops, new Metrics())) {
      assertThat(failure(connections.run(COUNT, List.of("late"), List.of())).outcome())
          .isEqualTo(Outcome.DISCONNECTED);
      assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(30));

      try (EmbeddedRedis there =
          EmbeddedRedis.start(new EmbeddedRedis.Options(port, Optional.empty(), List.of()))) {
        awaitAnswer(connections, "late");
        assertThat(there.port()).isEqualTo(port);
      }
    }
  }

  @Test
  void run_afterClose_fails() {
    RedisConnections connections = Store.connect(options(2_000), loops);
    connections.close();

    assertThat(failure(connections.run(COUNT, List.of("k"), List.of())))
        .hasMessageContaining("closed");
  }

  @Test
  void run_isMeasuredByScriptAndOutcome() {
    Metrics metrics = new Metrics();
    try (RedisConnections connections = RedisConnections.open(options(2_000), loops, metrics)) {
      awaitAnswer(connections, "measured");
      failure(connections.run(BROKEN, List.of("k"), List.of()));

      String[] labels = {"script", "outcome"};
      assertThat(
              metrics
                  .registry()
                  .getSampleValue(
                      "sluice_redis_seconds_count", labels, new String[] {"count", "ok"}))
          .isPositive();
      assertThat(
              metrics
                  .registry()
                  .getSampleValue(
                      "sluice_redis_seconds_count", labels, new String[] {"broken", "error"}))
          .isEqualTo(1);
    }
  }

  @Test
  void options_asText_hideThePassword() {
    assertThat(RedisOptions.of("redis://ada:s3cret@redis.example:6380/2").toString())
        .contains("redis.example:6380")
        .doesNotContain("s3cret");
    assertThat(RedisOptions.of("redis+cluster://ada:s3cret@a.example:1,b.example:2").toString())
        .contains("a.example:1,b.example:2")
        .doesNotContain("cret");
    assertThatThrownBy(() -> RedisNodes.parse("http://ada:s3cret@redis"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
  }

  private RedisOptions options(long deadlineMillis) {
    return new RedisOptions(redis.url(), Duration.ofMillis(deadlineMillis), 10_000);
  }

  private void signal(String signal) throws Exception {
    String pid = Long.toString(redis.pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }

  private static void awaitAnswer(RedisConnections connections, String key) {
    Awaitility.await()
        .ignoreExceptions()
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              for (int i = 0; i < 4; i++) {
                connections.run(COUNT, List.of(key), List.of()).toCompletableFuture().join();
              }
            });
  }

  private static RedisUnavailable failure(CompletionStage<?> call) {
    try {
      Object value = call.toCompletableFuture().join();
      throw new AssertionError("answered: " + value);
    } catch (CompletionException e) {
      if (e.getCause() instanceof RedisUnavailable unavailable) {
        return unavailable;
      }
      throw e;
    }
  }
}
