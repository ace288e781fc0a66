package dev.sluice.redisdeployments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.RedisCluster;
import dev.sluice.testing.RedisProcess;
import io.lettuce.core.MigrateArgs;
import io.lettuce.core.cluster.SlotHash;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three masters, each with a replica: one master goes, and slots move. */
class ClusterFailoverIT {
  private static final Duration LATEST = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private RedisCluster redis;
  private Running sluice;

  @BeforeEach
  void start() {
    redis = new RedisCluster(folder, 3, 1, Duration.ofSeconds(2));
    sluice =
        Running.on(
            redis.url(),
            folder,
            "gateway: {host: 127.0.0.1, port: 0, redisTimeout: 5s}\noutage: {keys: 0s}\n");
  }

  @AfterEach
  void stop() {
    sluice.close();
    redis.close();
  }

  @Test
  void masterIsKilled_itsReplicaTakesItsPlace_andItsOrganizationsAreServedAgain() {
    String key = sluice.key("acme");
    RedisProcess master = redis.masterOf(SlotHash.getSlot("{acme}"));
    master.ask(node -> node.waitForReplication(1, 20_000));
    try (Load load = sluice.load(key)) {
      await().until(() -> load.count() > 20);
      int before = load.count();
      master.kill();
      await()
          .atMost(LATEST)
          .until(() -> load.since(before).stream().anyMatch(a -> a.status() == 503));
      int during = load.count();
      await()
          .atMost(LATEST)
          .until(() -> load.since(during).stream().anyMatch(a -> a.status() == 200));

      assertThat(load.since(before))
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).isIn(200, 503);
                assertThat(answer.took()).isLessThan(Duration.ofSeconds(15));
              });
      await().atMost(LATEST).until(() -> sluice.logged(" is back") >= 1);
    }
    assertThat(sluice.logged("Redis at ")).isLessThan(12);
  }

  @Test
  void slotMovesUnderLoad_noRequestIsRefused() {
    String key = sluice.key("acme");
    int slot = SlotHash.getSlot("{acme}");
    RedisProcess from = redis.masterOf(slot);
    RedisProcess to =
        redis.nodes().subList(0, 3).stream().filter(node -> node != from).findFirst().orElseThrow();
    String fromId = RedisCluster.id(from);
    String toId = RedisCluster.id(to);
    try (Load load = sluice.load(key)) {
      await().until(() -> load.count() > 20);
      to.ask(node -> node.clusterSetSlotImporting(slot, fromId));
      from.ask(node -> node.clusterSetSlotMigrating(slot, toId));
      // So long that requests meet a slot that is partly here and partly there.
      for (String name : from.ask(node -> node.clusterGetKeysInSlot(slot, 3))) {
        from.ask(node -> migrate(node, to, name));
      }
      int half = load.count();
      await().pollDelay(Duration.ofMillis(300)).until(() -> true);
      from.ask(
          node -> {
            for (List<String> names = node.clusterGetKeysInSlot(slot, 100);
                !names.isEmpty();
                names = node.clusterGetKeysInSlot(slot, 100)) {
              names.forEach(name -> migrate(node, to, name));
            }
            return true;
          });
      for (RedisProcess node : List.of(to, from)) {
        node.ask(redis -> redis.clusterSetSlotNode(slot, toId));
      }
      await().atMost(LATEST).until(() -> load.count() > half + 40);

      assertThat(load.since(0)).allSatisfy(a -> assertThat(a.status()).as(a.body()).isEqualTo(200));
    }
    long there = to.ask(node -> node.exists("{acme}:version"));
    assertThat(there).isEqualTo(1);
  }

  private static String migrate(
      io.lettuce.core.api.sync.RedisCommands<String, String> from, RedisProcess to, String name) {
    return from.migrate("127.0.0.1", to.port(), 0, 5_000, MigrateArgs.Builder.<String>key(name));
  }
}
