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
import dev.sluice.edge.nginx.AuthRequest;
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
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The doors for edges, put together: gRPC for Envoy, HTTP for NGINX. */
final class EdgeDoors {
  private final SluiceConfig settings;
  private final HashedWheelTimer timer =
      new HashedWheelTimer(new DefaultThreadFactory("deadlines", true), 10, TimeUnit.MILLISECONDS);
  private final Vertx vertx;
  private final Deciding deciding;
  private final Admission unreal;
  private final DescriptorLimits limits;
  private final Readiness readiness;
  private final EdgeServers servers;

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
    this.servers =
        new EdgeServers(
            grpc(PartOptions.grpc(settings.grpc(), headTimeout(), endpoints), deciding),
            settings.grpc().listener(),
            http(PartOptions.http(settings.http(), headTimeout(), endpoints), deciding),
            settings.http().listener(),
            DoorSettings.SLUICE);
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
            new RateLimitService(
                limits, PartOptions.rateLimitAnswers(settings.rateLimit()), with.metrics())));
  }

  private EdgeHttp http(HttpDoorOptions options, Deciding with) {
    return new EdgeHttp(
        vertx,
        options,
        Optional.of(
            new AuthRequest(
                authorizer("auth", settings.auth(), with),
                with.ids(),
                settings.auth().modelHeader())),
        PartOptions.jsonBodies(settings.http(), settings.gateway().bodyTimeout()),
        new RateLimitJson(limits(with), PartOptions.rateLimitAnswers(settings.rateLimit()))::answer,
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
        Optional.of(
            deciding.catalog().get().tiersByModel().keySet().stream().findFirst().orElse("none")),
        grpc(PartOptions.grpcRehearsal(settings.grpc(), headTimeout()), unseen),
        http(PartOptions.httpRehearsal(settings.http(), headTimeout()), unseen));
  }

  /** As long as a client may take to begin. */
  private Duration headTimeout() {
    return settings.gateway().headTimeout();
  }

  /** To be started and drained. */
  EdgeServers servers() {
    return servers;
  }

  /** Blocks. */
  void stop() {
    servers.stop();
    timer.stop();
  }
}
