package dev.sluice.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connection to a single Redis, or to the one that Sentinel names. */
final class SingleLink implements RedisLink {
  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private final RedisClient client;
  private final RedisURI uri;
  private final ChannelTap tap;

  /**
   * @param tap set up in the resources
   */
  SingleLink(ClientResources resources, RedisURI uri, ChannelTap tap) {
    this.client = RedisClient.create(resources, uri);
    this.uri = uri;
    this.tap = tap;
    client.setOptions(configured(ClientOptions.builder()).build());
  }

  /** What holds for every kind of connection. */
  static ClientOptions.Builder configured(ClientOptions.Builder options) {
    return options
        .autoReconnect(true)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        // A counting command that is sent again after a reconnect would count twice.
        .replayFilter(command -> true)
        // It would make the removal of any command cheap; they leave in their order.
        .useHashIndexQueue(false)
        // Deadlines are ours: Lettuce would set a timer for each command.
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .socketOptions(
            SocketOptions.builder()
                .connectTimeout(Duration.ofSeconds(2))
                .keepAlive(true)
                .tcpNoDelay(true)
                .build());
  }

  @Override
  public CompletionStage<RedisClusterAsyncCommands<String, byte[]>> connect(Events events) {
    return client
        .connectAsync(CODEC, uri)
        .thenApply(
            connection -> {
              connection.addListener(new Listener(events));
              return connection.async();
            });
  }

  @Override
  public void reset() {
    tap.closeLatest();
  }

  @Override
  public CompletionStage<Void> close() {
    return client.shutdownAsync();
  }

  /** Lettuce may tell of one disconnect several times. */
  private static final class Listener implements RedisConnectionStateListener {
    private final Events events;
    private final AtomicBoolean connected = new AtomicBoolean(true);

    private Listener(Events events) {
      this.events = events;
    }

    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> connection, SocketAddress address) {
      if (connected.compareAndSet(false, true)) {
        events.reconnected();
      }
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      if (connected.compareAndSet(true, false)) {
        events.disconnected();
      }
    }
  }
}
