package dev.sluice.testing;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** A Redis Cluster: masters, and for each of them as many replicas. */
public final class RedisCluster implements AutoCloseable {
  private static final int SLOTS = 16_384;

  private final List<RedisProcess> nodes = new ArrayList<>();
  private final int masters;

  /**
   * Starts it; all slots are covered, and all replicas in line, when this returns.
   *
   * @param nodeTimeout after which a silent node is taken for dead
   */
  public RedisCluster(Path folder, int masters, int replicas, Duration nodeTimeout) {
    this.masters = masters;
    for (int i = 0; i < masters * (1 + replicas); i++) {
      nodes.add(
          RedisProcess.start(
              folder,
              "cluster-enabled yes",
              "cluster-node-timeout " + nodeTimeout.toMillis(),
              // A replica whose link was down for a moment may be promoted all the same.
              "cluster-replica-validity-factor 0",
              "repl-diskless-sync yes",
              "repl-diskless-sync-delay 0"));
    }
    RedisProcess first = nodes.get(0);
    for (int i = 0; i < masters; i++) {
      int[] its = IntStream.range(i * SLOTS / masters, (i + 1) * SLOTS / masters).toArray();
      nodes.get(i).ask(node -> node.clusterAddSlots(its));
    }
    for (RedisProcess node : nodes.subList(1, nodes.size())) {
      node.ask(redis -> redis.clusterMeet("127.0.0.1", first.port()));
    }
    await(node -> node.ask(redis -> redis.clusterNodes().lines().count()) == nodes.size());
    for (int i = masters; i < nodes.size(); i++) {
      String master = id(nodes.get(i % masters));
      nodes.get(i).ask(node -> node.clusterReplicate(master));
    }
    await(node -> node.ask(redis -> redis.clusterInfo()).contains("cluster_state:ok"));
    for (RedisProcess replica : nodes.subList(masters, nodes.size())) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  replica
                      .ask(redis -> redis.info("replication"))
                      .contains("master_link_status:up"));
    }
    await(node -> node.ask(redis -> slaves(redis.clusterNodes())) == (long) masters * replicas);
  }

  private static long slaves(String nodes) {
    return nodes.lines().filter(line -> line.contains("slave")).count();
  }

  private void await(Function<RedisProcess, Boolean> condition) {
    for (RedisProcess node : nodes) {
      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> condition.apply(node));
    }
  }

  /** The URL, with all masters. */
  public String url() {
    return nodes.subList(0, masters).stream()
        .map(RedisProcess::address)
        .collect(Collectors.joining(",", "redis+cluster://", ""));
  }

  public List<RedisProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** Who serves a slot now, as a node says. */
  public RedisProcess masterOf(int slot) {
    return nodes.stream()
        .filter(node -> node.ask(redis -> owns(redis.clusterNodes(), slot)))
        .findFirst()
        .orElseThrow();
  }

  private static boolean owns(String nodes, int slot) {
    return nodes
        .lines()
        .filter(line -> line.contains("myself,master"))
        .flatMap(line -> List.of(line.split(" ", -1)).stream().skip(8))
        .filter(range -> !range.startsWith("["))
        .anyMatch(
            range -> {
              String[] ends = range.split("-", -1);
              return Integer.parseInt(ends[0]) <= slot
                  && slot <= Integer.parseInt(ends[ends.length - 1]);
            });
  }

  /** The id by which the other nodes know it. */
  public static String id(RedisProcess node) {
    return node.ask(redis -> redis.clusterMyId()).toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    nodes.forEach(RedisProcess::close);
  }
}
