package dev.sluice.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.ClientResources;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A connection to a single Redis, or to the one that Sentinel names.
 *
 * <p>Each time that it is made, the server is asked whether it is a master: right after a failover
 * a sentinel may still name the old one, whose data is out of date, and who answers reads.
 */
final class SingleLink implements RedisLink {
  static final RedisCodec<String, byte[]> CODEC = new TextKeys();

  private static final String MASTER = "master";

  private final RedisClient client;
  private final RedisURI uri;
  private final ChannelTap tap;

  /**
   * @param tap set up in the resources
   */
  SingleLink(ClientResources resources, RedisURI uri, ChannelTap tap, Optional<RedisTls> tls) {
    this.client = RedisClient.create(resources, uri);
    this.uri = uri;
    this.tap = tap;
    // Lettuce would connect anew without a word about why it cannot.
    client.setOptions(configured(ClientOptions.builder(), tls).autoReconnect(false).build());
  }

  /** What holds for every kind of connection. */
  static ClientOptions.Builder configured(ClientOptions.Builder options, Optional<RedisTls> tls) {
    // Lettuce makes a context for each connection: so what is new in the files holds for the next.
    tls.ifPresent(
        files ->
            options.sslOptions(
                SslOptions.builder().jdkSslProvider().sslContext(files::configure).build()));
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
  public CompletionStage<Connected> connect(Events events) {
    return client.connectAsync(CODEC, uri).thenCompose(connection -> checked(connection, events));
  }

  private CompletionStage<Connected> checked(
      StatefulRedisConnection<String, byte[]> connection, Events events) {
    CompletableFuture<Connected> checked = new CompletableFuture<>();
    var unused =
        master(connection)
            .whenComplete(
                (master, failure) -> {
                  if (failure == null) {
                    connection.addListener(new Listener(events));
                    checked.complete(new Connected(connection, connection.async()));
                  } else {
                    closed(connection, () -> checked.completeExceptionally(failure));
                  }
                });
    return checked;
  }

  private static void closed(StatefulRedisConnection<String, byte[]> connection, Runnable then) {
    var unused = connection.closeAsync().whenComplete((done, failure) -> then.run());
  }

  /**
   * Fails unless the server says that it is a master. HELLO tells, and needs no permission that
   * connecting does not need; ROLE and INFO would.
   */
  private static CompletionStage<Void> master(StatefulRedisConnection<String, byte[]> connection) {
    return connection
        .async()
        .dispatch(CommandType.HELLO, new NestedMultiOutput<>(CODEC))
        .thenAccept(
            reply -> {
              String role = role(reply);
              if (!role.equals(MASTER)) {
                throw new NotMaster(role);
              }
            });
  }

  /** The reply is a list of names, each followed by its value. */
  private static String role(List<Object> reply) {
    for (int i = 0; i + 1 < reply.size(); i += 2) {
      if (reply.get(i) instanceof byte[] name
          && new String(name, StandardCharsets.US_ASCII).equals("role")
          && reply.get(i + 1) instanceof byte[] role) {
        return new String(role, StandardCharsets.US_ASCII);
      }
    }
    // Something that speaks the protocol and has no roles.
    return MASTER;
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
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
      if (connected.compareAndSet(true, false)) {
        var unused = connection.closeAsync();
        events.disconnected();
      }
    }
  }
}
