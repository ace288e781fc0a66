package dev.sluice.edges;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Stack;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the gRPC port treats connections. */
class GrpcConnectionIT {
  @TempDir private Path folder;
  private Stack stack;

  @BeforeEach
  void start() {
    stack =
        new Stack(
            folder,
            Tiers.SAMBASTACK,
            "grpc: {host: 127.0.0.1, port: 0, maxConnectionAge: 1s, maxConnectionAgeGrace: 1s}\n",
            Tiers.BACKENDS);
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  @Test
  void connectionOfFullAge_isToldToEnd_andTheNextCallIsServedOnANewOne() {
    ManagedChannel channel = channel().build();
    AtomicInteger left = new AtomicInteger();
    assertThat(health(channel)).isEqualTo(ServingStatus.SERVING);
    channel.notifyWhenStateChanged(ConnectivityState.READY, left::incrementAndGet);

    Awaitility.await().until(() -> left.get() > 0);

    assertThat(health(channel)).isEqualTo(ServingStatus.SERVING);
    channel.shutdownNow();
  }

  @Test
  void reflection_namesTheServices() {
    ManagedChannel channel = channel().build();
    CompletableFuture<List<String>> names = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> ask =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    names.complete(
                        response.getListServicesResponse().getServiceList().stream()
                            .map(service -> service.getName())
                            .toList());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    names.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

    assertThat(names.join())
        .contains(
            "envoy.service.auth.v3.Authorization",
            "envoy.service.ratelimit.v3.RateLimitService",
            "grpc.health.v1.Health");
    ask.onCompleted();
    channel.shutdownNow();
  }

  private NettyChannelBuilder channel() {
    return NettyChannelBuilder.forTarget(stack.doors().grpc()).usePlaintext();
  }

  private static ServingStatus health(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }
}
