package dev.sluice;

import dev.sluice.admission.Admission;
import dev.sluice.config.SluiceConfig;
import dev.sluice.config.SluiceConfig.EdgeDoor;
import dev.sluice.edge.Deadline;
import dev.sluice.edge.Deciding;
import dev.sluice.edge.Readiness;
import dev.sluice.edge.authorization.Authorizer;
import dev.sluice.edge.envoy.ExtAuthz;
import dev.sluice.edge.envoy.GrpcDoor;
import dev.sluice.edge.envoy.GrpcDoorOptions;
import dev.sluice.edge.http.HttpDoorOptions;
import dev.sluice.edge.nginx.EdgeHttp;
import dev.sluice.edge.ratelimit.RateLimitJson;
import dev.sluice.edge.ratelimit.RateLimitService;
import dev.sluice.edge.ratelimit.RuleMetrics;
import dev.sluice.metrics.Metrics;
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
  private final Vertx vertx;
  private final Deciding deciding;
  private final Admission unreal;
  private final DescriptorLimits limits;
  private final Readiness readiness;
  private final GrpcDoor grpc;
  private final EdgeHttp http;

  EdgeDoors(
      SluiceConfig settings,
      Endpoints endpoints,
      Vertx vertx,
      Decisions decisions,
      DescriptorLimits limits,
      Readiness readiness) {
    this.settings = settings;
    this.vertx = vertx;
    this.deciding = decisions.deciding();
    this.unreal = decisions.rehearsed();
    this.limits = limits;
    this.readiness = readiness;
    this.grpc = grpc(PartOptions.grpc(settings, endpoints), deciding);
    this.http = http(PartOptions.http(settings, endpoints), deciding);
  }

  private GrpcDoor grpc(GrpcDoorOptions options, Deciding with) {
    EdgeDoor envoy = settings.extAuthz();
    return new GrpcDoor(
        EventLoops.of(vertx),
        options,
        List.of(
            new ExtAuthz(
                authorizer(ExtAuthz.DOOR, envoy, with),
                envoy.mode(),
                with.ids(),
                envoy.modelHeader(),
                with.metrics()),
            new RateLimitService(limits, PartOptions.rateLimitAnswers(settings), with.metrics())));
  }

  private EdgeHttp http(HttpDoorOptions options, Deciding with) {
    return new EdgeHttp(
        vertx,
        options,
        PartOptions.jsonBodies(settings),
        authorizer("auth", settings.auth(), with),
        settings.auth().modelHeader(),
        new RateLimitJson(limits(with), PartOptions.rateLimitAnswers(settings))::answer,
        readiness,
        with.ids(),
        with.metrics());
  }

  /** What is rehearsed is not in the statistics. */
  private DescriptorLimits limits(Deciding with) {
    return limits.with(new RuleMetrics(with.metrics().rateLimit()));
  }

  private Authorizer authorizer(String door, EdgeDoor its, Deciding deciding) {
    return new Authorizer(
        door, its.mode(), settings.publicPaths(), deciding, new Deadline(timer, its.timeout()));
  }

  /**
   * Runs both doors through, on ports of their own: what is done for the first time takes longer
   * than an edge waits. Blocks for two seconds at most.
   */
  void rehearse() {
    Deciding unseen = deciding.with(unreal, new Metrics());
    Rehearsal.run(
        vertx,
        deciding.catalog().get().tiersByModel().keySet().stream().findFirst().orElse("none"),
        grpc(PartOptions.grpcRehearsal(settings), unseen),
        http(PartOptions.httpRehearsal(settings), unseen));
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
