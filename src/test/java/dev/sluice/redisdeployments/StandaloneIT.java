package dev.sluice.redisdeployments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.RedisProcess;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One server with the configuration that we recommend, and a database number. */
class StandaloneIT extends RedisContract {
  @Override
  Deployment redis(Path folder) throws Exception {
    List<String> recommended =
        Files.readAllLines(Path.of("redis/redis.conf")).stream()
            // Its port is a free one here.
            .filter(line -> !line.startsWith("port ") && !line.startsWith("bind "))
            .toList();
    RedisProcess server = RedisProcess.start(folder, recommended.toArray(String[]::new));
    String url = "redis://" + server.address() + "/3";
    return new Deployment(url, "", admin(url), server::close);
  }

  @SuppressWarnings("unchecked")
  static RedisClusterCommands<String, String> admin(String url) {
    return (RedisClusterCommands<String, String>) RedisClient.create(url).connect().sync();
  }

  @Test
  void allIsInTheDatabaseOfTheUrl() {
    key("numbered");

    assertThat(redis().admin().exists("{numbered}:version")).isEqualTo(1);
    assertThat(redis().admin().info("keyspace")).contains("db3:").doesNotContain("db0:");
  }

  @Test
  void theRecommendedConfigurationIsInForce() {
    assertThat(redis().admin().configGet("appendonly")).containsEntry("appendonly", "yes");
    assertThat(redis().admin().configGet("maxmemory-policy"))
        .containsEntry("maxmemory-policy", "noeviction");
  }
}
