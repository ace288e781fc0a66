package dev.sluice.xds;

import com.google.protobuf.Any;
import com.google.protobuf.MessageLite;
import dev.sluice.xds.proto.RateLimitConfig;
import dev.sluice.xds.proto.RateLimitDescriptor;
import dev.sluice.xds.proto.RateLimitPolicy;
import dev.sluice.xds.proto.RateLimitUnit;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server of configuration, as Envoy Gateway is one: it says what the test tells it to. */
public final class ConfigurationServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final BlockingQueue<DiscoveryRequest> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<StreamObserver<DiscoveryResponse>> streams =
      new LinkedBlockingQueue<>();
  private volatile Metadata headers = new Metadata();
  private final Server server;
  private StreamObserver<DiscoveryResponse> stream = new Nobody();

  /**
   * Starts it.
   *
   * @param port 0 for a free one
   */
  public ConfigurationServer(int port) {
    this(port, Optional.empty());
  }

  /**
   * Starts it.
   *
   * @param port 0 for a free one
   * @param tls empty speaks plain text
   */
  public ConfigurationServer(int port, Optional<SslContext> tls) {
    ServerServiceDefinition service =
        ServerServiceDefinition.builder(
                "ratelimit.service.ratelimit.v3.RateLimitConfigDiscoveryService")
            .addMethod(Discovery.STREAM, ServerCalls.asyncBidiStreamingCall(this::connected))
            .build();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .addService(ServerInterceptors.intercept(service, new Headers()));
    tls.ifPresent(builder::sslContext);
    this.server = builder.build();
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final class Headers implements ServerInterceptor {
    @Override
    public <A, B> ServerCall.Listener<A> interceptCall(
        ServerCall<A, B> call, Metadata metadata, ServerCallHandler<A, B> next) {
      headers = metadata;
      return next.startCall(call, metadata);
    }
  }

  private static final class Nobody implements StreamObserver<DiscoveryResponse> {
    @Override
    public void onNext(DiscoveryResponse response) {
      throw new IllegalStateException("nobody is connected");
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }

  private StreamObserver<DiscoveryRequest> connected(StreamObserver<DiscoveryResponse> to) {
    streams.add(to);
    return new StreamObserver<>() {
      @Override
      public void onNext(DiscoveryRequest request) {
        requests.add(request);
      }

      @Override
      public void onError(Throwable failure) {}

      @Override
      public void onCompleted() {}
    };
  }

  public int port() {
    return server.getPort();
  }

  /** What a client sends next. */
  public DiscoveryRequest request() {
    try {
      DiscoveryRequest request = requests.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (request == null) {
        throw new AssertionError("no request");
      }
      return request;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What the last client sent as a header. */
  public String header(String name) {
    return String.valueOf(headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
  }

  /** Sends the rules of all domains; what it is answered. */
  public DiscoveryRequest send(String version, MessageLite... configs) {
    DiscoveryResponse.Builder response =
        DiscoveryResponse.newBuilder()
            .setVersionInfo(version)
            .setNonce("nonce-" + version)
            .setTypeUrl(Discovery.TYPE);
    for (MessageLite config : configs) {
      String type =
          config instanceof RateLimitConfig ? Discovery.TYPE : "type.googleapis.com/another";
      response.addResources(
          Any.newBuilder().setTypeUrl(type).setValue(config.toByteString()).build());
    }
    StreamObserver<DiscoveryResponse> newer = streams.poll();
    stream = newer == null ? stream : newer;
    stream.onNext(response.build());
    return request();
  }

  /** One rule of one domain. */
  public static RateLimitConfig rule(String domain, String key, RateLimitUnit unit, int requests) {
    return RateLimitConfig.newBuilder()
        .setName(domain + "-config")
        .setDomain(domain)
        .addAllDescriptors(
            List.of(
                RateLimitDescriptor.newBuilder()
                    .setKey(key)
                    .setRateLimit(
                        RateLimitPolicy.newBuilder().setUnit(unit).setRequestsPerUnit(requests))
                    .build()))
        .build();
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
