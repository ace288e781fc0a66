package dev.sluice.redisdeployments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.RedisProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Redis is there, and does not serve: what clients see, and what the log says once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisRefusesIT {
  private static final Duration LATEST = Duration.ofSeconds(60);

  private RedisProcess redis;
  private RedisProcess master;
  private Running sluice;
  private String key;

  @BeforeAll
  void start(@TempDir Path folder) {
    redis = RedisProcess.start(folder);
    master = RedisProcess.start(folder, "repl-diskless-sync yes", "repl-diskless-sync-delay 0");
    sluice = Running.on("redis://" + redis.address(), folder, "outage: {keys: 0s}\n");
    key = sluice.key("acme");
  }

  @AfterAll
  void stop() {
    sluice.close();
    master.close();
    redis.close();
  }

  @ParameterizedTest
  @CsvSource({
    "maxmemory, 1mb, 0, OOM, raise maxmemory",
    "min-replicas-to-write, 1, 0, NOREPLICAS, INFO replication",
  })
  void writesAreRefused_clientsGet503_andTheLogSaysOnceWhatToDo(
      String setting, String bad, String good, String code, String advice) {
    set(setting, bad);
    try (Load load = sluice.load(key)) {
      await().atMost(LATEST).until(() -> load.since(0).size() > 20);
      assertThat(load.since(0))
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.body()).contains("limits_unavailable");
              });
      assertThat(sluice.logged("does not serve: " + code)).isEqualTo(1);
      assertThat(sluice.process().log()).contains(advice);

      set(setting, good);
      int mended = load.count();
      await().atMost(LATEST).until(() -> served(load.since(mended)));
      await().atMost(LATEST).until(() -> sluice.logged("serves again: no more " + code) == 1);
    }
    assertThat(sluice.logged("does not serve: " + code)).isEqualTo(1);
  }

  @Test
  void serverBecomesAReplicaThatStillAnswers_isUsedNoMore_untilItIsAMasterAgain() {
    redis.ask(server -> server.replicaof("127.0.0.1", master.port()));
    try (Load load = sluice.load(key)) {
      await().atMost(LATEST).until(() -> sluice.logged("it says that it is a") == 1);
      int demoted = load.count();
      await().atMost(LATEST).until(() -> load.count() > demoted + 20);
      // Nor is the key believed that the replica knows, or not: nobody is told anything of it.
      assertThat(load.since(demoted)).allSatisfy(a -> assertThat(a.status()).isEqualTo(503));

      redis.ask(server -> server.replicaofNoOne());
      int promoted = load.count();
      // The master that it followed knew nothing of the key.
      await()
          .atMost(LATEST)
          .until(() -> load.since(promoted).stream().anyMatch(a -> a.status() == 401));
    }
    assertThat(sluice.logged("it says that it is a")).isEqualTo(1);
    key = sluice.key("again");
  }

  private void set(String setting, String value) {
    redis.ask(server -> server.configSet(setting, value));
  }

  private static boolean served(List<Load.Answer> answers) {
    return answers.stream().anyMatch(answer -> answer.status() == 200);
  }
}
