package dev.sluice;

import dev.sluice.config.SluiceConfig;
import dev.sluice.config.SluiceConfig.EdgeDoor;
import dev.sluice.edge.Deadline;
import dev.sluice.edge.Deciding;
import dev.sluice.edge.Readiness;
import dev.sluice.edge.authorization.Authorizer;
import dev.sluice.edge.envoy.ExtAuthz;
import dev.sluice.edge.envoy.GrpcDoor;
import dev.sluice.edge.nginx.EdgeHttp;
import dev.sluice.edge.ratelimit.RateLimitJson;
import dev.sluice.edge.ratelimit.RateLimitService;
import dev.sluice.ratelimit.DescriptorLimits;
import io.netty.util.HashedWheelTimer;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The doors for edges, put together: gRPC for Envoy, HTTP for NGINX. */
final class EdgeDoors {
  private static final Duration STOP = Duration.ofSeconds(2);

  private final SluiceConfig settings;
  private final HashedWheelTimer timer =
      new HashedWheelTimer(new DefaultThreadFactory("deadlines", true), 10, TimeUnit.MILLISECONDS);
  private final GrpcDoor grpc;
  private final EdgeHttp http;

  EdgeDoors(
      SluiceConfig settings,
      Endpoints endpoints,
      Vertx vertx,
      Deciding deciding,
      DescriptorLimits limits,
      Readiness readiness) {
    this.settings = settings;
    EdgeDoor envoy = settings.extAuthz();
    Authorizer extAuthz = authorizer(ExtAuthz.DOOR, envoy, deciding);
    this.grpc =
        new GrpcDoor(
            EventLoops.of(vertx),
            PartOptions.grpc(settings, endpoints),
            List.of(
                new ExtAuthz(
                    extAuthz,
                    envoy.mode(),
                    deciding.ids(),
                    envoy.modelHeader(),
                    deciding.metrics()),
                new RateLimitService(limits)));
    this.http =
        new EdgeHttp(
            vertx,
            PartOptions.http(settings, endpoints),
            PartOptions.jsonBodies(settings),
            authorizer("auth", settings.auth(), deciding),
            settings.auth().modelHeader(),
            new RateLimitJson(limits)::answer,
            readiness,
            deciding.ids(),
            deciding.metrics());
  }

  private Authorizer authorizer(String door, EdgeDoor its, Deciding deciding) {
    return new Authorizer(door, its.mode(), deciding, new Deadline(timer, its.timeout()));
  }

  /** Host and port of gRPC. */
  String startGrpc() throws CannotStart {
    return Lifecycle.listening("grpc", settings.grpc().listener(), grpc::start);
  }

  /** The URL of HTTP. */
  String startHttp() throws CannotStart {
    return Lifecycle.listening("http", settings.http().listener(), http.start(EventLoops.COUNT));
  }

  /** Tells the edges that no more requests should come. */
  void drain() {
    grpc.drain();
  }

  /** Blocks. */
  void stop() {
    grpc.stop(STOP);
    Lifecycle.stopped(http.stop(STOP), STOP.plusSeconds(1));
    timer.stop();
  }
}
