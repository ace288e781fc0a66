package dev.sluice.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** A master, a replica, and three sentinels that watch over them. */
public final class RedisSentinels implements AutoCloseable {
  public static final String MASTER = "main";

  private final List<RedisProcess> servers = new ArrayList<>();
  private final List<RedisProcess> sentinels = new ArrayList<>();

  /**
   * Starts them; all know each other when this returns.
   *
   * @param downAfter for which a silent master is not yet taken for dead
   * @param server further lines of the configuration of master and replica
   */
  public RedisSentinels(Path folder, Duration downAfter, String... server) {
    List<String> lines = new ArrayList<>(List.of(server));
    lines.add("repl-diskless-sync yes");
    lines.add("repl-diskless-sync-delay 0");
    RedisProcess master = RedisProcess.start(folder, lines.toArray(String[]::new));
    lines.add("replicaof 127.0.0.1 " + master.port());
    RedisProcess replica = RedisProcess.start(folder, lines.toArray(String[]::new));
    servers.addAll(List.of(master, replica));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> info(replica).contains("master_link_status:up"));
    for (int i = 0; i < 3; i++) {
      sentinels.add(
          RedisProcess.sentinel(
              folder,
              List.of(
                  "sentinel monitor " + MASTER + " 127.0.0.1 " + master.port() + " 2",
                  "sentinel down-after-milliseconds " + MASTER + " " + downAfter.toMillis(),
                  "sentinel failover-timeout " + MASTER + " 5000")));
    }
    for (RedisProcess sentinel : sentinels) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  sentinel
                      .ask(redis -> redis.info("sentinel"))
                      .contains("status=ok,address=" + master.address() + ",slaves=1,sentinels=3"));
    }
  }

  public String url() {
    return sentinels.stream()
        .map(RedisProcess::address)
        .collect(Collectors.joining(",", "redis-sentinel://", "/0#" + MASTER));
  }

  public List<RedisProcess> sentinels() {
    return List.copyOf(sentinels);
  }

  /** Who is master, as the servers say; only those are asked that run. */
  public RedisProcess server(boolean master) {
    return servers.stream()
        .filter(server -> info(server).contains("role:master") == master)
        .findFirst()
        .orElseThrow();
  }

  public static String info(RedisProcess server) {
    return server.ask(redis -> redis.info("replication"));
  }

  @Override
  public void close() {
    sentinels.forEach(RedisProcess::close);
    servers.forEach(RedisProcess::close);
  }
}
