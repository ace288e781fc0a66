package dev.sluice.testing;

import dev.sluice.CannotStart;
import dev.sluice.RateLimitServer;
import dev.sluice.config.InvalidConfiguration;
import dev.sluice.config.RateLimitEnvironment;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.Map;

/** A server in the place of envoyproxy/ratelimit, and a client of it. */
public final class RateLimitReplica implements AutoCloseable {
  private final AutoCloseable server;
  private final String grpc;
  private final String http;
  private final String debug;
  private final ManagedChannel channel;

  private RateLimitReplica(AutoCloseable server, String grpc, String http, String debug) {
    this.server = server;
    this.grpc = grpc;
    this.http = http;
    this.debug = debug;
    this.channel = NettyChannelBuilder.forTarget(grpc).usePlaintext().build();
  }

  /** Starts one in this process. */
  public static RateLimitReplica here(Map<String, String> environment)
      throws CannotStart, InvalidConfiguration {
    RateLimitServer.Started started =
        RateLimitServer.start(new RateLimitEnvironment(environment).read());
    return new RateLimitReplica(
        started.server(), started.doors().grpc(), started.doors().http(), started.doors().debug());
  }

  /** Where one is that runs as a process of its own; closing ends it. */
  public static RateLimitReplica of(SluiceProcess process) {
    return new RateLimitReplica(
        process, process.door("grpc"), process.door("http"), process.door("debug"));
  }

  /** A request with a descriptor of each of the entries, {@code key=value}. */
  public static RateLimitRequest request(String domain, String... entries) {
    RateLimitRequest.Builder request = RateLimitRequest.newBuilder().setDomain(domain);
    for (String entry : entries) {
      String[] parts = entry.split("=", 2);
      request.addDescriptors(
          RateLimitDescriptor.newBuilder()
              .addEntries(
                  RateLimitDescriptor.Entry.newBuilder().setKey(parts[0]).setValue(parts[1])));
    }
    return request.build();
  }

  public RateLimitResponse ask(RateLimitRequest request) {
    return RateLimitServiceGrpc.newBlockingStub(channel).shouldRateLimit(request);
  }

  /** Host and port. */
  public String grpc() {
    return grpc;
  }

  /** A URL. */
  public String http() {
    return http;
  }

  /** A URL. */
  public String debug() {
    return debug;
  }

  public ManagedChannel channel() {
    return channel;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      server.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
