package dev.sluice.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A connection to a Redis Cluster: within it, one to each node. */
final class ClusterLink implements RedisLink {
  private final RedisClusterClient client;

  ClusterLink(ClientResources resources, List<RedisURI> nodes, Optional<RedisTls> tls) {
    this.client = RedisClusterClient.create(resources, nodes);
    ClusterClientOptions.Builder options = ClusterClientOptions.builder();
    SingleLink.configured(options, tls);
    client.setOptions(
        options
            .topologyRefreshOptions(
                ClusterTopologyRefreshOptions.builder()
                    .enablePeriodicRefresh(Duration.ofSeconds(30))
                    // The first failed reconnect: a dead master's replica is soon in its place.
                    .refreshTriggersReconnectAttempts(1)
                    .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                    .build())
            .build());
  }

  @Override
  public CompletionStage<Connected> connect(Events events) {
    // Asynchronously, Lettuce connects only to a cluster whose nodes it has been told to find.
    return client
        .refreshPartitionsAsync()
        .thenCompose(refreshed -> client.connectAsync(SingleLink.CODEC))
        .thenCompose(ClusterLink::connectNodes);
  }

  /** Else the first call to each node would be refused: it finds the node not connected yet. */
  private static CompletionStage<Connected> connectNodes(
      StatefulRedisClusterConnection<String, byte[]> cluster) {
    CompletableFuture<?>[] nodes =
        cluster.getPartitions().stream()
            .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM))
            .map(
                node ->
                    cluster.getConnectionAsync(node.getUri().getHost(), node.getUri().getPort()))
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(nodes)
        .handle((all, failure) -> new Connected(cluster, cluster.async()));
  }

  @Override
  public void reset() {
    // One silent node must not cost the connections to the others; the refresh replaces it.
    var unused = client.refreshPartitionsAsync();
  }

  @Override
  public CompletionStage<Void> close() {
    return client.shutdownAsync();
  }
}
