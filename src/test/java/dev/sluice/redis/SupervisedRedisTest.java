package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.LogLines;
import io.lettuce.core.RedisClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SupervisedRedisTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @Test
  void killed_isStartedAgainOnTheSamePortAndData(@TempDir Path data) {
    try (LogLines log = LogLines.warnings(SupervisedRedis.class);
        SupervisedRedis redis = SupervisedRedis.start(EmbeddedRedis.Options.durable(data));
        RedisClient client = RedisClient.create(redis.url())) {
      var commands = client.connect().sync();
      commands.set("k", "kept");
      long killed = kill(redis);

      await().atMost(PATIENCE).until(() -> redis.current().pid() != killed);

      assertThat(redis.url()).isEqualTo("redis://127.0.0.1:" + redis.current().port());
      assertThat(EmbeddedRedis.running(data)).contains(redis.url());
      // The connection from before comes back by itself.
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(commands.get("k")).isEqualTo("kept"));
      assertThat(log.lines())
          .containsExactly(
              "the embedded Redis on %s has ended, exit code 137 (signal 9); it is started again in 250 ms"
                  .formatted(redis.url()));
    }
  }

  @Test
  void killedAgainAndAgain_waitsLongerEachTime(@TempDir Path data) {
    try (LogLines log = LogLines.warnings(SupervisedRedis.class);
        SupervisedRedis redis = SupervisedRedis.start(EmbeddedRedis.Options.durable(data))) {
      for (int i = 0; i < 3; i++) {
        long killed = kill(redis);
        await().atMost(PATIENCE).until(() -> redis.current().pid() != killed);
      }

      assertThat(log.lines()).hasSize(3);
      assertThat(log.lines().get(2)).endsWith("it is started again in 1000 ms");
    }
  }

  @Test
  void dataInUseBySomebodyElse_saysSoAndWaitsForIt(@TempDir Path data) {
    try (LogLines log = LogLines.warnings(SupervisedRedis.class);
        SupervisedRedis redis = SupervisedRedis.start(EmbeddedRedis.Options.durable(data))) {
      long killed = redis.current().pid();
      try (DataLock other = takenWhileDown(redis, data)) {
        await()
            .atMost(PATIENCE)
            .until(
                () -> log.lines().stream().anyMatch(line -> line.contains("another Redis uses")));
        assertThat(other).isNotNull();
      }

      await().atMost(PATIENCE).until(() -> redis.current().pid() != killed);
    }
  }

  @Test
  void closedWhileItIsDown_endsAndStartsNothing(@TempDir Path data) throws Exception {
    SupervisedRedis redis = SupervisedRedis.start(EmbeddedRedis.Options.durable(data));
    kill(redis);

    redis.close();

    assertThat(EmbeddedRedis.running(data)).isEmpty();
    DataLock.take(data).close();
  }

  /** As a command does that starts a Redis of its own just then. */
  private static DataLock takenWhileDown(SupervisedRedis redis, Path data) {
    kill(redis);
    return DataLock.take(data);
  }

  private static long kill(SupervisedRedis redis) {
    long pid = redis.current().pid();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    return pid;
  }
}
