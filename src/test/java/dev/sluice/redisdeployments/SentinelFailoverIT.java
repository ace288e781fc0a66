package dev.sluice.redisdeployments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.redisdeployments.Load.Answer;
import dev.sluice.testing.RedisProcess;
import dev.sluice.testing.RedisSentinels;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The master goes, and the sentinels choose another one. */
class SentinelFailoverIT {
  private static final Duration DOWN_AFTER = Duration.ofSeconds(1);
  private static final Duration LATEST = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private RedisSentinels redis;
  private Running sluice;
  private String key;

  @BeforeEach
  void start() {
    redis = new RedisSentinels(folder, DOWN_AFTER);
    sluice =
        Running.on(
            redis.url(),
            folder,
            "gateway: {host: 127.0.0.1, port: 0, redisTimeout: 1s}\noutage: {keys: 0s}\n");
    key = sluice.key("acme");
  }

  @AfterEach
  void stop() {
    sluice.close();
    redis.close();
  }

  @Test
  void masterIsKilled_requestsAreRefusedInTime_andServedByTheNextOneWithoutARestart() {
    RedisProcess old = redis.server(true);
    try (Load load = sluice.load(key)) {
      await().until(() -> load.count() > 20);
      replicated(old);
      int before = load.count();
      old.kill();
      await().atMost(LATEST).until(() -> refused(load.since(before)));
      int during = load.count();
      await().atMost(LATEST).until(() -> served(load.since(during)));

      assertThat(load.since(before))
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).isIn(200, 503);
                assertThat(answer.took()).isLessThan(Duration.ofSeconds(15));
                if (answer.status() == 503) {
                  assertThat(answer.body()).contains("limits_unavailable");
                }
              });

      old.start();
      await().atMost(LATEST).until(() -> RedisSentinels.info(old).contains("role:slave"));
      int returned = load.count();
      await().until(() -> load.count() > returned + 20);
      assertThat(load.since(returned)).allSatisfy(a -> assertThat(a.status()).isEqualTo(200));
    }
    await().until(() -> sluice.logged(" is back") == 1);
    assertThat(sluice.logged(" is lost: ")).isEqualTo(1);
    assertThat(sluice.logged("connected to Redis at sentinel main")).isEqualTo(1);
  }

  @Test
  void mastersChangePlaces_theOldOneIsUsedNoMore_thoughItAnswers() {
    RedisProcess old = redis.server(true);
    RedisProcess next = redis.server(false);
    replicated(old);
    redis
        .sentinels()
        .get(0)
        .ask(
            sentinel ->
                sentinel.dispatch(
                    CommandType.SENTINEL,
                    new StatusOutput<>(StringCodec.UTF8),
                    new CommandArgs<>(StringCodec.UTF8)
                        .add("FAILOVER")
                        .add(RedisSentinels.MASTER)));
    await().atMost(LATEST).until(() -> RedisSentinels.info(next).contains("role:master"));
    await().atMost(LATEST).until(() -> RedisSentinels.info(old).contains("role:slave"));

    try (Load load = sluice.load(key)) {
      await().atMost(LATEST).until(() -> served(load.since(0)));
      await()
          .atMost(LATEST)
          .untilAsserted(() -> assertThat(clients(old)).doesNotContain("cmd=evalsha", "cmd=eval "));
    }
    assertThat(clients(next)).contains("cmd=evalsha");
  }

  private static String clients(RedisProcess server) {
    return server.ask(redis -> redis.clientList());
  }

  /** What was written before is on the replica: a test of what a failover loses is another one. */
  private static void replicated(RedisProcess master) {
    long replicas = master.ask(redis -> redis.waitForReplication(1, 20_000));
    assertThat(replicas).isEqualTo(1);
  }

  private static boolean refused(List<Answer> answers) {
    return answers.stream().anyMatch(answer -> answer.status() == 503);
  }

  private static boolean served(List<Answer> answers) {
    return answers.stream().anyMatch(answer -> answer.status() == 200);
  }
}
