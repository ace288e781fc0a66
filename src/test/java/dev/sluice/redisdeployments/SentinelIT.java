package dev.sluice.redisdeployments;

import dev.sluice.testing.RedisSentinels;
import java.nio.file.Path;
import java.time.Duration;

/** A master and a replica, found by three sentinels. */
class SentinelIT extends RedisContract {
  @Override
  Deployment redis(Path folder) {
    RedisSentinels sentinels = new RedisSentinels(folder, Duration.ofSeconds(30));
    String master = "redis://" + sentinels.server(true).address();
    return new Deployment(sentinels.url(), "", StandaloneIT.admin(master), sentinels::close);
  }
}
