package dev.sluice;

import dev.sluice.config.SluiceConfig.Listener;
import dev.sluice.edge.envoy.GrpcDoor;
import dev.sluice.edge.nginx.EdgeHttp;
import java.time.Duration;

/** The servers of gRPC and HTTP that edges call, whatever these offer. */
final class EdgeServers {
  private static final Duration STOP = Duration.ofSeconds(2);

  private final GrpcDoor grpc;
  private final Listener grpcAt;
  private final EdgeHttp http;
  private final Listener httpAt;
  private final DoorSettings settings;

  EdgeServers(
      GrpcDoor grpc, Listener grpcAt, EdgeHttp http, Listener httpAt, DoorSettings settings) {
    this.grpc = grpc;
    this.grpcAt = grpcAt;
    this.http = http;
    this.httpAt = httpAt;
    this.settings = settings;
  }

  /** Host and port of gRPC. */
  String startGrpc() throws CannotStart {
    return Lifecycle.listening("grpc", grpcAt, settings, grpc::start);
  }

  /** The URL of HTTP. */
  String startHttp() throws CannotStart {
    return Lifecycle.listening("http", httpAt, settings, http.start(EventLoops.COUNT));
  }

  /** Whether those who ask for the health of gRPC are told that it serves. */
  void serving(boolean healthy) {
    grpc.serving(healthy);
  }

  /** Tells the edges that no more requests should come. */
  void drain() {
    grpc.drain();
  }

  /** Blocks. */
  void stop() {
    grpc.stop(STOP);
    Lifecycle.stopped(http.stop(STOP), STOP.plusSeconds(1));
  }
}
