package dev.sluice.edge.envoy;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The server of gRPC: its services, health and reflection, on the event loops of everything else.
 *
 * <p>Services are called on event loops and must not block.
 */
public final class GrpcDoor {
  /** Envoy's ping interval is the operator's; gRPC's default would answer it with GOAWAY. */
  private static final Duration LEAST_PING_INTERVAL = Duration.ofSeconds(5);

  /** A peer that has gone without a word is noticed in about a minute. */
  private static final Duration PING_INTERVAL = Duration.ofSeconds(45);

  private static final Duration PING_TIMEOUT = Duration.ofSeconds(15);
  private static final int MOST_HEADER_BYTES = 32 * 1024;
  private static final int MOST_CALLS = 1000;

  /** The name by which clients of envoyproxy/ratelimit ask for its health. */
  private static final String RATE_LIMIT = "ratelimit";

  private final HealthStatusManager health = new HealthStatusManager();
  private final Server server;

  public GrpcDoor(
      EventLoopGroup loops, GrpcDoorOptions options, List<? extends BindableService> services) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(options.host(), options.port()))
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .directExecutor()
            .withOption(ChannelOption.SO_BACKLOG, 1024)
            .withOption(ChannelOption.SO_REUSEADDR, true)
            .handshakeTimeout(options.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS)
            // Envoy opens one more connection where it needs more.
            .maxConcurrentCallsPerConnection(MOST_CALLS)
            .maxInboundMessageSize(options.maxMessageBytes())
            .maxInboundMetadataSize(MOST_HEADER_BYTES)
            .permitKeepAliveTime(LEAST_PING_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(PING_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
            .keepAliveTimeout(PING_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAge(options.maxConnectionAge().toMillis(), TimeUnit.MILLISECONDS)
            .maxConnectionAgeGrace(
                options.maxConnectionAgeGrace().toMillis(), TimeUnit.MILLISECONDS)
            .intercept(new CallFailures())
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance())
            .addService(olderReflection());
    options.tls().ifPresent(tls -> builder.sslContext(tls.context()));
    services.forEach(builder::addService);
    this.server = builder.build();
    serving(true);
  }

  /** Many clients still ask for version 1alpha. */
  @SuppressWarnings("deprecation")
  private static BindableService olderReflection() {
    return ProtoReflectionService.newInstance();
  }

  /**
   * Listens.
   *
   * @return the port
   * @throws IOException when the address cannot be had
   */
  public int start() throws IOException {
    return server.start().getPort();
  }

  /** What those are told who ask for its health; it is healthy until something else is said. */
  public void serving(boolean healthy) {
    health.setStatus(RATE_LIMIT, healthy ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
  }

  /** Tells those who ask for its health that no more calls should come. */
  public void drain() {
    health.enterTerminalState();
  }

  /** Ends: calls in progress have so long. Blocks. */
  public void stop(Duration time) {
    server.shutdown();
    try {
      if (!server.awaitTermination(time.toMillis(), TimeUnit.MILLISECONDS)) {
        server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      server.shutdownNow();
    }
  }
}
