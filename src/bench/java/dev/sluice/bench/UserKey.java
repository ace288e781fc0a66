package dev.sluice.bench;

import dev.sluice.account.KeyIssuer;
import dev.sluice.metrics.Metrics;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisOptions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A key, and the user whose it is.
 *
 * @param text the key itself
 */
record UserKey(String user, String text) {
  private static final String ORGANIZATION = "bench";

  /**
   * Issues keys, each to a user of its own, all of one organization.
   *
   * @param redis its URL
   */
  static List<UserKey> issue(String redis, String tier, int count) {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (RedisConnections connections =
        RedisConnections.open(RedisOptions.of(redis), loops, new Metrics())) {
      if (!connections.awaitAnswer(Duration.ofSeconds(5))) {
        throw new BenchFailed("Redis does not answer at " + redis);
      }
      KeyIssuer issuer = new KeyIssuer(new RedisAccounts(connections), new SecureRandom(), "bench");
      List<UserKey> keys = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        String user = "user-" + i;
        KeyIssuer.Order order =
            new KeyIssuer.Order(
                ORGANIZATION, "default", user, "key", Optional.of(tier), Optional.empty());
        String text = issuer.issue(order).toCompletableFuture().join().text().reveal();
        keys.add(new UserKey(user, text));
      }
      return List.copyOf(keys);
    } finally {
      var unused = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
