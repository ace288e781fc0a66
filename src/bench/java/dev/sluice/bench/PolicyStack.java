package dev.sluice.bench;

import dev.sluice.redis.EmbeddedRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A Redis with the accounts of all cases, and a Sluice on it with so many tiers. */
final class PolicyStack implements AutoCloseable {
  private final Processes processes;
  private final EmbeddedRedis redis;
  private final EdgeSluice sluice;
  private final Map<String, List<UserKey>> keys = new HashMap<>();

  /**
   * What is started is closed again when the next does not start.
   *
   * @param keys of each case
   */
  PolicyStack(List<String> jvm, int tiers, List<PolicyCase> cases, int keys)
      throws IOException, InterruptedException {
    processes = new Processes(jvm);
    try {
      redis = processes.redis();
      for (PolicyCase each : cases) {
        this.keys.put(
            each.organization(),
            UserKey.issue(redis.url(), each.organization(), each.tier(), keys, each.own()));
      }
      sluice =
          EdgeSluice.start(processes, EdgeSetup.FULL, PolicyCase.sambastack(tiers), redis.url());
    } catch (IOException | InterruptedException | RuntimeException e) {
      close();
      throw e;
    }
  }

  EdgeTarget target() {
    return sluice.target(Optional.of(Processes.handle(redis)));
  }

  List<UserKey> keys(PolicyCase of) {
    return keys.getOrDefault(of.organization(), List.of());
  }

  /** From now on Redis notes what takes it longer than that. */
  void noteSlow(long micros) {
    try (RedisClient client = RedisClient.create(redis.url())) {
      RedisCommands<String, String> plain = client.connect().sync();
      plain.configSet("slowlog-log-slower-than", Long.toString(micros));
      plain.configSet("slowlog-max-len", "100000");
      plain.slowlogReset();
    }
  }

  /** How many commands took longer. */
  long slow() {
    try (RedisClient client = RedisClient.create(redis.url())) {
      return client.connect().sync().slowlogLen();
    }
  }

  @Override
  public void close() {
    processes.close();
  }
}
