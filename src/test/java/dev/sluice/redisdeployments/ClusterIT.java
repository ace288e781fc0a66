package dev.sluice.redisdeployments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.RedisCluster;
import dev.sluice.testing.RedisProcess;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three masters. */
class ClusterIT extends RedisContract {
  private RedisCluster cluster;

  @Override
  Deployment redis(Path folder) {
    cluster = new RedisCluster(folder, 3, 0, Duration.ofSeconds(15));
    RedisURI first = RedisURI.create("127.0.0.1", cluster.nodes().get(0).port());
    return new Deployment(
        cluster.url(), "", RedisClusterClient.create(first).connect().sync(), cluster::close);
  }

  @Test
  void organizationsAreSpreadOverTheMasters() {
    for (String name : List.of("spread-a", "spread-b", "spread-c", "spread-d", "spread-e")) {
      key(name);
    }

    for (RedisProcess node : cluster.nodes()) {
      List<String> its = node.ask(redis -> redis.keys("{spread-*}:organization"));
      assertThat(its).isNotEmpty();
    }
  }
}
