package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ratelimit.Algorithm;
import dev.sluice.ratelimit.Counts;
import dev.sluice.ratelimit.Limit;
import dev.sluice.ratelimit.RateLimitCounters.Hits;
import dev.sluice.redis.RedisUnavailable.Outcome;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RedisRateLimitCountersTest {
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

  @AfterAll
  void stop() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void count_severalKeys_answersEachInItsPlace(Store store) {
    RedisRateLimitCounters counters = new RedisRateLimitCounters(store.connections(), 300);
    String a = unique();
    String b = unique();

    assertThat(count(counters, hits(a, 1), hits(b, 5), hits(a, 2))).containsExactly(1, 5, 3);
    assertThat(count(counters, hits(b, 1), hits(a, 1))).containsExactly(6, 4);
    assertThat(store.commands().get(a)).isEqualTo("4");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void count_aNewKey_livesForItsWindowAndAJitter(Store store) {
    RedisRateLimitCounters counters = new RedisRateLimitCounters(store.connections(), 300);
    for (int i = 0; i < 20; i++) {
      String key = unique();

      count(counters, new Hits(key, 1 + i, perSeconds(60)));

      awaitExpiry(store, key);
      assertThat(store.commands().ttl(key)).isBetween(55L, 360L);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void count_aKnownKey_keepsItsTime(Store store) {
    RedisRateLimitCounters counters = new RedisRateLimitCounters(store.connections(), 300);
    String key = unique();
    count(counters, new Hits(key, 1, perSeconds(60)));
    awaitExpiry(store, key);
    store.commands().expire(key, 5);

    count(counters, new Hits(key, 1, perSeconds(60)));

    assertThat(store.commands().ttl(key)).isBetween(1L, 5L);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void count_onlyLooking_makesNoKey(Store store) {
    RedisRateLimitCounters counters = new RedisRateLimitCounters(store.connections(), 300);
    String key = unique();

    assertThat(count(counters, hits(key, 0))).containsExactly(0);
    assertThat(store.commands().exists(key)).isZero();
    count(counters, hits(key, 7));
    assertThat(count(counters, hits(key, 0))).containsExactly(7);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void count_manyAtOnce_admitsExactlyTheLimit(Store store) {
    List<CompletionStage<Counts>> calls = new ArrayList<>();
    List<RedisConnections> replicas =
        List.of(store.connections(), Store.connect(RedisOptions.of(store.url()), loops));
    String key = unique();
    for (RedisConnections replica : replicas) {
      RedisRateLimitCounters counters = new RedisRateLimitCounters(replica, 300);
      for (int i = 0; i < 1_000; i++) {
        calls.add(counters.count(List.of(hits(key, 1))));
      }
    }

    long[] values = calls.stream().mapToLong(call -> join(call).value(0)).sorted().toArray();

    assertThat(values).isEqualTo(LongStream.rangeClosed(1, 2_000).toArray());
    replicas.get(1).close();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void count_rollingManyAtOnce_admitsExactlyTheLimit(Store store) {
    Limit limit = new Limit(100, 3_600, Algorithm.ROLLING, "");
    List<RedisConnections> replicas =
        List.of(store.connections(), Store.connect(RedisOptions.of(store.url()), loops));
    String key = unique();
    List<CompletionStage<Counts>> calls = new ArrayList<>();
    for (RedisConnections replica : replicas) {
      RedisRateLimitCounters counters = new RedisRateLimitCounters(replica, 300);
      for (int i = 0; i < 1_000; i++) {
        calls.add(counters.count(List.of(new Hits(key, 1, limit))));
      }
    }

    assertThat(calls.stream().mapToLong(call -> join(call).value(0)).filter(v -> v <= 100).sorted())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
    assertThat(store.commands().pttl(key)).isBetween(1L, 3_600_000L * 65 / 64 + 1_001);
    replicas.get(1).close();
  }

  @Test
  void count_rollingAndFixedTogether_areAnsweredInTheirPlaces() {
    RedisRateLimitCounters counters =
        new RedisRateLimitCounters(Store.STANDALONE.connections(), 300);
    Limit limit = new Limit(1, 60, Algorithm.ROLLING, "");
    String rolling = unique();
    String fixed = unique();

    Counts counts =
        join(
            counters.count(
                List.of(new Hits(rolling, 1, limit), hits(fixed, 3), new Hits(rolling, 1, limit))));

    assertThat(LongStream.of(counts.value(0), counts.value(1), counts.value(2)))
        .containsExactly(1L, 3L, 2L);
    assertThat(counts.millisUntilReset(1)).isZero();
    assertThat(counts.millisUntilReset(2)).isBetween(1L, 60_938L);
  }

  @Test
  void count_onOneLoop_isExactInTheOrderOfArrival() {
    RedisConnections connections = Store.STANDALONE.connections();
    RedisRateLimitCounters counters = new RedisRateLimitCounters(connections, 300);
    String key = unique();
    Random random = new Random(7);
    long[] hits = IntStream.range(0, 5_000).mapToLong(i -> random.nextInt(4)).toArray();
    CompletableFuture<List<CompletionStage<Counts>>> calls = new CompletableFuture<>();
    connections
        .connection()
        .onLoop(
            () -> {
              RedisConnection here = connections.connection();
              assertThat(here.onThisThread()).isTrue();
              calls.complete(
                  Arrays.stream(hits)
                      .mapToObj(each -> counters.count(List.of(hits(key, each))))
                      .toList());
            });

    long expected = 0;
    for (int i = 0; i < hits.length; i++) {
      expected += hits[i];
      assertThat(join(calls.join().get(i)).value(0)).isEqualTo(expected);
    }
  }

  @Test
  void count_hitsInFlightTogether_shareACommand() {
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
        RedisConnections connections = Store.connect(RedisOptions.of(redis.url()), loops)) {
      // So that the look at the permissions, when the connections were made, does not count.
      try (var client = RedisClient.create(redis.url())) {
        client.connect().sync().configResetstat();
      }
      RedisRateLimitCounters counters = new RedisRateLimitCounters(connections, 300);
      List<CompletionStage<Counts>> calls = new ArrayList<>();
      connections
          .all()
          .get(0)
          .onLoop(
              () -> {
                synchronized (calls) {
                  for (int i = 0; i < 1_000; i++) {
                    calls.add(counters.count(List.of(hits("hot", 1))));
                  }
                }
              });
      Awaitility.await()
          .until(
              () -> {
                synchronized (calls) {
                  return calls.size() == 1_000;
                }
              });
      calls.forEach(RedisRateLimitCountersTest::join);

      try (var client = RedisClient.create(redis.url())) {
        RedisCommands<String, String> commands = client.connect().sync();
        assertThat(commands.get("hot")).isEqualTo("1000");
        assertThat(commands.info("commandstats")).contains("cmdstat_incrby:calls=2,");
      }
    }
  }

  @Test
  void count_onAnEventLoop_completesOnThatLoop() {
    try (RedisConnections connections =
        Store.connect(RedisOptions.of(Store.STANDALONE.url()), loops)) {
      RedisRateLimitCounters counters = new RedisRateLimitCounters(connections, 300);
      EventLoop loop = loops.next();
      CompletableFuture<Boolean> same = new CompletableFuture<>();
      loop.execute(
          () -> {
            var unused =
                counters
                    .count(List.of(hits(unique(), 1)))
                    .whenComplete((values, failure) -> same.complete(loop.inEventLoop()));
          });
      assertThat(same.join()).isTrue();
    }
  }

  @Test
  void count_whatIsNoCounter_fails() {
    String key = unique();
    Store.STANDALONE.commands().set(key, "text");
    RedisRateLimitCounters counters =
        new RedisRateLimitCounters(Store.STANDALONE.connections(), 300);

    assertThat(failure(counters.count(List.of(hits(key, 1)))).outcome()).isEqualTo(Outcome.ERROR);
    assertThat(failure(counters.count(List.of(hits(key, 0)))).outcome()).isEqualTo(Outcome.ERROR);
    assertThat(count(counters, hits(unique(), 1))).containsExactly(1);
  }

  @Test
  void count_redisStandsStill_failsByTheDeadlineAndLeavesNoKeyForever() throws Exception {
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
        RedisConnections connections =
            Store.connect(new RedisOptions(redis.url(), Duration.ofMillis(15), 10_000), loops)) {
      RedisRateLimitCounters counters = new RedisRateLimitCounters(connections, 300);
      signal(redis, "STOP");
      try {
        List<CompletionStage<Counts>> calls = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < 500; i++) {
          // Some share a command, and most do not.
          calls.add(counters.count(List.of(hits("same", 1), hits("key" + i, 1))));
        }
        calls.forEach(call -> assertThat(failure(call).outcome()).isEqualTo(Outcome.TIMEOUT));
        assertThat(Duration.ofNanos(System.nanoTime() - start))
            .isBetween(Duration.ofMillis(10), Duration.ofSeconds(30));
      } finally {
        signal(redis, "CONT");
      }
      Awaitility.await().ignoreExceptions().until(() -> count(counters, hits("back", 1))[0] > 0);
      try (var client = RedisClient.create(redis.url())) {
        RedisCommands<String, String> commands = client.connect().sync();
        Awaitility.await()
            .untilAsserted(
                () ->
                    assertThat(commands.keys("*"))
                        .hasSizeGreaterThan(400)
                        .allSatisfy(key -> assertThat(commands.ttl(key)).isPositive()));
      }
    }
  }

  @Test
  void count_redisRestarts_failsMeanwhileAndWorksAgain() {
    EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    int port = redis.port();
    try (RedisConnections connections = Store.connect(RedisOptions.of(redis.url()), loops)) {
      RedisRateLimitCounters counters = new RedisRateLimitCounters(connections, 300);
      count(counters, hits("k", 1));
      redis.close();

      Awaitility.await()
          .untilAsserted(
              () ->
                  assertThat(failure(counters.count(List.of(hits("k", 1)))).outcome())
                      .isEqualTo(Outcome.DISCONNECTED));

      try (EmbeddedRedis again =
          EmbeddedRedis.start(new EmbeddedRedis.Options(port, Optional.empty(), List.of()))) {
        assertThat(again.port()).isEqualTo(port);
        Awaitility.await().ignoreExceptions().until(() -> count(counters, hits("k", 1))[0] > 0);
      }
    }
  }

  @Test
  void count_afterClose_fails() {
    RedisConnections connections = Store.connect(RedisOptions.of(Store.STANDALONE.url()), loops);
    RedisRateLimitCounters counters = new RedisRateLimitCounters(connections, 300);
    connections.close();

    assertThatThrownBy(() -> count(counters, hits(unique(), 1)))
        .hasCauseInstanceOf(RedisUnavailable.class)
        .hasMessageContaining("closed");
  }

  private static Hits hits(String key, long hits) {
    return new Hits(key, hits, perSeconds(3_600));
  }

  private static Limit perSeconds(int seconds) {
    return new Limit(10, seconds, Algorithm.FIXED, "");
  }

  private static String unique() {
    return "d_k_" + UUID.randomUUID() + "_0";
  }

  private static long[] count(RedisRateLimitCounters counters, Hits... hits) {
    Counts counts = join(counters.count(List.of(hits)));
    return IntStream.range(0, counts.size()).mapToLong(counts::value).toArray();
  }

  private static Counts join(CompletionStage<Counts> call) {
    return call.toCompletableFuture().join();
  }

  /** The time is set after the value is known. */
  private static void awaitExpiry(Store store, String key) {
    Awaitility.await()
        .pollInterval(Duration.ofMillis(1))
        .until(() -> store.commands().ttl(key) > 0);
  }

  private static void signal(EmbeddedRedis redis, String signal) throws Exception {
    String pid = Long.toString(redis.pid());
    assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor()).isZero();
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
