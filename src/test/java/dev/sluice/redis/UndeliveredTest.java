package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.admission.Counters;
import dev.sluice.admission.Hold;
import dev.sluice.admission.Scope;
import dev.sluice.admission.ScopedLimit;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Rate;
import dev.sluice.redis.RedisUnavailable.Outcome;
import dev.sluice.testing.Wire;
import dev.sluice.usage.Settlement;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class UndeliveredTest {
  private static final Duration LEASE = Duration.ofSeconds(30);

  private long time;
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Metrics metrics = new Metrics();
  private final Undelivered undelivered = new Undelivered(channel.eventLoop(), () -> time, metrics);
  private int made;
  private Optional<Outcome> failure = Optional.of(Outcome.DISCONNECTED);

  UndeliveredTest() {
    channel.freezeTime();
  }

  @Test
  void deliver_answered_isMadeOnce() {
    failure = Optional.empty();

    assertThat(deliver()).isCompletedWithValue("done");
    pass(LEASE);
    assertThat(made).isEqualTo(1);
  }

  @Test
  void deliver_noConnection_failsAtOnceAndIsRepeatedUntilAnswered() {
    assertThat(deliver()).isCompletedExceptionally();
    assertThat(made).isEqualTo(1);

    pass(Duration.ofSeconds(5));
    assertThat(made).isBetween(7, 12);
    failure = Optional.empty();
    pass(Duration.ofSeconds(2));
    int answered = made;
    pass(LEASE);
    assertThat(made).isEqualTo(answered);
    assertThat(dropped()).isZero();
  }

  @Test
  void deliver_redisLoadsItsDataAfterAnOutage_isRepeated() {
    var unused = deliver();
    failure = Optional.of(Outcome.ERROR);
    pass(Duration.ofSeconds(5));
    failure = Optional.empty();
    int before = made;
    pass(Duration.ofSeconds(2));

    assertThat(made).isEqualTo(before + 1);
  }

  @Test
  void deliver_answeredWithAnError_isNotRepeated() {
    failure = Optional.of(Outcome.ERROR);

    assertThat(deliver()).isCompletedExceptionally();
    pass(LEASE);
    assertThat(made).isEqualTo(1);
  }

  @Test
  void deliver_noAnswerWithinTheTime_isDropped() {
    failure = Optional.of(Outcome.TIMEOUT);
    var unused = deliver();
    pass(LEASE.plusSeconds(2));

    int atTheEnd = made;
    pass(LEASE);
    assertThat(made).isEqualTo(atTheEnd);
    assertThat(dropped()).isEqualTo(1);
  }

  @Test
  void deliver_moreThanMayWait_areDroppedAndTheOthersGoOutInRounds() {
    for (int i = 0; i < Undelivered.MOST + 5; i++) {
      var unused = deliver();
    }
    channel.runPendingTasks();
    assertThat(dropped()).isEqualTo(5);

    made = 0;
    pass(Duration.ofMillis(60));
    assertThat(made).isEqualTo(Undelivered.AT_A_TIME);
    failure = Optional.empty();
    made = 0;
    pass(Duration.ofSeconds(2));
    assertThat(made).isEqualTo(Undelivered.MOST);
  }

  @Test
  void close_endsTheRepeats() {
    assertThat(deliver()).isCompletedExceptionally();
    undelivered.close();
    assertThat(deliver()).isCompletedExceptionally();

    pass(LEASE);
    assertThat(made).isEqualTo(2);
  }

  @Test
  void cancel_repliesLostAndConnectionBroken_givesBackAfterTheReconnect() throws Exception {
    outage(
        (counters, hold) -> {
          CompletableFuture<Boolean> cancelled = counters.cancel(hold).toCompletableFuture();
          assertThatThrownBy(cancelled::join).hasCauseInstanceOf(RedisUnavailable.class);
        },
        "cancelled",
        1);
  }

  @Test
  void settle_repliesLostAndConnectionBroken_settlesAfterTheReconnect() throws Exception {
    Settlement completed = new Settlement(Settlement.Ending.COMPLETED, Optional.empty());
    outage(
        (counters, hold) -> {
          CompletableFuture<Boolean> settled =
              counters.settle(hold, completed).toCompletableFuture();
          assertThatThrownBy(settled::join).hasCauseInstanceOf(RedisUnavailable.class);
        },
        "settled completed",
        2);
  }

  @Test
  void cancel_meetsAnUnknownScriptAfterItsDeadline_isRepeatedWithTheText() throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
        RedisConnections connections =
            Store.connect(new RedisOptions(redis.url(), Duration.ofMillis(300), 10_000), loops);
        RedisClient client = RedisClient.create(redis.url())) {
      RedisCounters counters = new RedisCounters(connections);
      RedisAsyncCommands<String, String> other = client.connect().async();
      counters.admit(hold("h1"), 0).toCompletableFuture().join();
      other.scriptFlush().get();

      signal(redis, "STOP");
      CompletableFuture<Boolean> cancelled = counters.cancel(hold("h1")).toCompletableFuture();
      assertThatThrownBy(cancelled::join).hasCauseInstanceOf(RedisUnavailable.class);
      signal(redis, "CONT");

      String key = new Keys("acme").hold("h1");
      Awaitility.await().until(() -> other.get(key).get().equals("cancelled"));
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static void signal(EmbeddedRedis redis, String signal) throws Exception {
    String pid = Long.toString(redis.pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
  }

  private interface Ending {
    void end(Counters counters, Hold hold);
  }

  /** Loses the reply to an admit and the connection, ends the hold, and mends the connection. */
  private static void outage(Ending ending, String tombstone, long usedByNext) throws Exception {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
        Wire wire = new Wire(redis.port());
        RedisConnections connections = Store.connect(RedisOptions.of(wire.url()), loops);
        RedisConnections direct = Store.connect(RedisOptions.of(redis.url()), loops)) {
      RedisCounters counters = new RedisCounters(connections);
      Script get = new Script("get", "return {redis.call('GET', KEYS[1])}");
      wire.mute();
      CompletableFuture<?> admitted = counters.admit(hold("h1"), 0).toCompletableFuture();
      List<String> key = List.of(new Keys("acme").hold("h1"));
      Awaitility.await().until(() -> text(direct.run(get, key, List.of())).startsWith("h"));

      wire.cut();
      assertThatThrownBy(admitted::join).hasCauseInstanceOf(RedisUnavailable.class);
      ending.end(counters, hold("h1"));
      wire.mend();

      Awaitility.await().until(() -> text(direct.run(get, key, List.of())).equals(tombstone));
      Counters.Outcome next =
          new RedisCounters(direct).admit(hold("h2"), 0).toCompletableFuture().join();
      assertThat(((Counters.Outcome.Held) next).limits().get(0).used()).isEqualTo(usedByNext);
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private static String text(CompletionStage<List<Object>> reply) {
    Object value = reply.toCompletableFuture().join().get(0);
    return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.ISO_8859_1) : "";
  }

  private static Hold hold(String id) {
    Scope scope = new Scope(Scope.Level.USER, "ada", Optional.empty());
    ScopedLimit limit = new ScopedLimit(scope, new Rate(5, Duration.ofHours(1)));
    return new Hold(id, Optional.empty(), "acme", List.of(limit), LEASE);
  }

  private CompletableFuture<String> deliver() {
    return undelivered.deliver("cancel", this::call, LEASE).toCompletableFuture();
  }

  private CompletionStage<String> call() {
    made++;
    return failure
        .map(
            outcome ->
                CompletableFuture.<String>failedFuture(
                    new RedisUnavailable(outcome, "cancel", "test")))
        .orElseGet(() -> CompletableFuture.completedFuture("done"));
  }

  private void pass(Duration duration) {
    channel.runPendingTasks();
    for (long millis = 0; millis < duration.toMillis(); millis += 10) {
      time += TimeUnit.MILLISECONDS.toNanos(10);
      channel.advanceTimeBy(10, TimeUnit.MILLISECONDS);
      channel.runPendingTasks();
    }
  }

  private double dropped() {
    Double count =
        metrics
            .registry()
            .getSampleValue(
                "sluice_redis_seconds_count",
                new String[] {"script", "outcome"},
                new String[] {"cancel", "dropped"});
    return count == null ? 0 : count;
  }
}
