package dev.sluice.redis;

import dev.sluice.metrics.Metrics;
import dev.sluice.testing.RedisCluster;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * The kinds of Redis on which the tests run: each is started once, and ends with the JVM.
 *
 * <p>The tests keep apart by the names of their organizations.
 */
@SuppressWarnings("ImmutableEnumChecker") // What is started on demand.
enum Store {
  STANDALONE {
    @Override
    String start() {
      return EmbeddedRedis.start(EmbeddedRedis.Options.inMemory()).url();
    }

    @Override
    RedisClusterCommands<String, String> client(String url) {
      return (RedisClusterCommands<String, String>) RedisClient.create(url).connect().sync();
    }
  },
  CLUSTER {
    @Override
    String start() {
      try {
        Path folder = Files.createTempDirectory(Path.of("target"), "cluster");
        return new RedisCluster(folder, 3, 0, Duration.ofSeconds(15)).url();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    RedisClusterCommands<String, String> client(String url) {
      return RedisClusterClient.create(RedisNodes.parse(url).all()).connect().sync();
    }
  };

  private static final EventLoopGroup LOOPS =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

  private Optional<String> url = Optional.empty();
  private Optional<RedisConnections> connections = Optional.empty();
  private Optional<RedisClusterCommands<String, String>> commands = Optional.empty();

  abstract String start();

  abstract RedisClusterCommands<String, String> client(String url);

  synchronized String url() {
    if (url.isEmpty()) {
      url = Optional.of(start());
    }
    return url.get();
  }

  /** Connections for everybody, already made. */
  synchronized RedisConnections connections() {
    if (connections.isEmpty()) {
      connections = Optional.of(connect(RedisOptions.of(url()), LOOPS));
    }
    return connections.get();
  }

  /** A plain client, to look at what the scripts wrote. */
  synchronized RedisClusterCommands<String, String> commands() {
    if (commands.isEmpty()) {
      commands = Optional.of(client(url()));
    }
    return commands.get();
  }

  /** Connections that are made when this returns. */
  static RedisConnections connect(RedisOptions options, EventLoopGroup loops) {
    RedisConnections connections = RedisConnections.open(options, loops, new Metrics());
    // Twice and more: the connections take turns.
    Awaitility.await()
        .pollInterval(Duration.ofMillis(10))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              for (int i = 0; i < 4; i++) {
                connections.ping().toCompletableFuture().join();
              }
            });
    return connections;
  }
}
