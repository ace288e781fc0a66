package dev.sluice;

import dev.sluice.config.RateLimitServerConfig;
import dev.sluice.config.RateLimitServerConfig.Statistics;
import dev.sluice.edge.RequestId;
import dev.sluice.edge.debug.DebugDoor;
import dev.sluice.edge.debug.RateLimitPages;
import dev.sluice.edge.envoy.GrpcDoor;
import dev.sluice.edge.envoy.GrpcDoorOptions;
import dev.sluice.edge.http.HttpDoorOptions;
import dev.sluice.edge.metrics.MetricsDoor;
import dev.sluice.edge.nginx.EdgeHttp;
import dev.sluice.edge.ratelimit.RateLimitAnswers;
import dev.sluice.edge.ratelimit.RateLimitJson;
import dev.sluice.edge.ratelimit.RateLimitService;
import dev.sluice.edge.ratelimit.RuleMetrics;
import dev.sluice.metrics.Metrics;
import dev.sluice.metrics.StatsdExport;
import dev.sluice.ratelimit.DescriptorLimits;
import dev.sluice.ratelimit.OutageAnswer;
import dev.sluice.redis.RedisConnections;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wiring of a server of descriptor limits only, in the place of envoyproxy/ratelimit.
 *
 * <pre>
 *   Envoy, /json ─► EdgeServers ─► DescriptorLimits ─► LiveRules ◄─ files, or xDS
 *                                          └─► Redis
 * </pre>
 *
 * <p>Started and stopped by one thread, which both block.
 */
public final class RateLimitServer implements AutoCloseable {
  private static final Duration REDIS_START = Duration.ofSeconds(5);
  private static final Duration REDIS_PING = Duration.ofSeconds(2);
  private static final Duration STOP = Duration.ofSeconds(10);

  /** What that server has no setting for. */
  private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);
  private static final long HEALTH_MILLIS = 500;

  private static final Logger log = LoggerFactory.getLogger(RateLimitServer.class);

  private final RateLimitServerConfig settings;
  private final Metrics metrics = Metrics.ofProcess();
  private final Vertx vertx = EventLoops.start();
  private final Endpoints endpoints;
  private final ServerRedis store;
  private final RedisConnections redis;
  private final Optional<ReplicaCount> replicas;
  private final LiveRules live = new LiveRules(metrics);
  private final FollowedRules rules;
  private final RateLimitHealth health;
  private final DescriptorLimits limits;
  private final EdgeServers edges;
  private final DebugDoor debugDoor;
  private final Optional<MetricsDoor> metricsDoor;
  private final Optional<StatsdExport> statsd;

  private RateLimitServer(RateLimitServerConfig settings) {
    this.settings = settings;
    InstantSource clock = InstantSource.system();
    this.endpoints = new Endpoints(metrics, clock);
    this.store = ServerRedis.at(settings.redis(), settings.redisTls());
    this.redis = store.connect(REDIS_PING, vertx, metrics);
    // Nobody else needs to know how many they are, and its user of Redis need not be allowed to.
    this.replicas =
        settings.rateLimit().outage() == OutageAnswer.SHARE
            ? Optional.of(new ReplicaCount(redis, metrics))
            : Optional.empty();
    this.rules = FollowedRules.of(settings.rules(), vertx, live, metrics);
    this.health =
        new RateLimitHealth(settings.health(), live, new ReplicaReadiness(redis, Duration.ZERO));
    IntSupplier count = replicas.map(ReplicaCount::count).orElse(() -> 1);
    this.limits =
        RateLimiting.limits(settings.rateLimit(), store, vertx, live::rules, count, clock, metrics);
    this.edges =
        new EdgeServers(
            grpc(PartOptions.grpc(settings.grpc(), HEAD_TIMEOUT, endpoints), limits, metrics),
            settings.grpc().listener(),
            http(PartOptions.http(settings.http(), HEAD_TIMEOUT, endpoints), limits, metrics),
            settings.http().listener(),
            DoorSettings.REFERENCE);
    this.debugDoor =
        new DebugDoor(
            vertx,
            endpoints.http("debug", settings.debug()),
            List.of(
                new RateLimitPages(live::rules, metrics.rateLimit()),
                RateLimiting.explained(
                    settings.rateLimit(), settings.http(), BODY_TIMEOUT, vertx, limits, metrics)));
    this.metricsDoor = prometheus().map(this::metricsDoor);
    this.statsd = statsd();
  }

  private GrpcDoor grpc(GrpcDoorOptions options, DescriptorLimits asked, Metrics told) {
    return new GrpcDoor(
        EventLoops.of(vertx), options, List.of(new RateLimitService(asked, answers(), told)));
  }

  private EdgeHttp http(HttpDoorOptions options, DescriptorLimits asked, Metrics told) {
    return new EdgeHttp(
        vertx,
        options,
        Optional.empty(),
        PartOptions.jsonBodies(settings.http(), BODY_TIMEOUT),
        new RateLimitJson(asked, answers())::answer,
        health,
        new RequestId(),
        told);
  }

  private RateLimitAnswers answers() {
    return PartOptions.rateLimitAnswers(settings.rateLimit());
  }

  private Optional<Statistics.Prometheus> prometheus() {
    return settings.statistics() instanceof Statistics.Prometheus its
        ? Optional.of(its)
        : Optional.empty();
  }

  private MetricsDoor metricsDoor(Statistics.Prometheus its) {
    its.mapping().ifPresent(metrics::mapRateLimits);
    return new MetricsDoor(
        vertx, endpoints.http("metrics", its.at()), its.path(), metrics.registry(), health);
  }

  private Optional<StatsdExport> statsd() {
    return settings.statistics() instanceof Statistics.Statsd its
        ? Optional.of(
            new StatsdExport(
                its.host(), its.port(), its.interval(), its.tags(), metrics.rateLimit()))
        : Optional.empty();
  }

  /** A server that listens, and where. */
  public record Started(RateLimitServer server, RateLimitDoors doors) {}

  /**
   * Starts everything and says in one line what listens and where Redis is. Rules that cannot be
   * used do not keep it from starting: it answers with an error until they can.
   *
   * @throws CannotStart with one line that says why; nothing is left running
   */
  public static Started start(RateLimitServerConfig settings) throws CannotStart {
    settings.warnings().forEach(warning -> log.warn("{}", warning));
    RateLimitServer server = new RateLimitServer(settings);
    try {
      return new Started(server, server.listen());
    } catch (CannotStart | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private RateLimitDoors listen() throws CannotStart {
    if (!redis.awaitAnswer(REDIS_START)) {
      log.warn("Redis does not answer yet: until it does, requests are answered as in an outage");
    } else {
      store.measure();
    }
    rules.start().run();
    replicas.ifPresent(count -> count.start(vertx));
    endpoints.watch();
    rehearse();
    followHealth();
    Optional<String> metricsUrl = Optional.empty();
    if (metricsDoor.isPresent() && prometheus().isPresent()) {
      metricsUrl =
          Optional.of(
              Lifecycle.listening(
                  "metrics",
                  prometheus().get().at(),
                  DoorSettings.REFERENCE,
                  metricsDoor.get().start()));
    }
    RateLimitDoors doors =
        new RateLimitDoors(
            edges.startGrpc(),
            edges.startHttp(),
            Lifecycle.listening(
                "debug", settings.debug(), DoorSettings.REFERENCE, debugDoor.start()),
            metricsUrl);
    statsd.ifPresent(StatsdExport::start);
    log.info("listening: {}; {}", doors.describe(), store.describe());
    return doors;
  }

  /** What is done for the first time takes longer than an edge waits. */
  private void rehearse() {
    Metrics unseen = new Metrics();
    DescriptorLimits uncounted = limits.with(new RuleMetrics(unseen.rateLimit()));
    Rehearsal.run(
        vertx,
        Optional.empty(),
        grpc(PartOptions.grpcRehearsal(settings.grpc(), HEAD_TIMEOUT), uncounted, unseen),
        http(PartOptions.httpRehearsal(settings.http(), HEAD_TIMEOUT), uncounted, unseen));
  }

  /** Those who ask by gRPC hear the same as those who ask by HTTP. */
  private void followHealth() {
    if (settings.health().rules() || settings.health().redis()) {
      edges.serving(false);
      vertx.setPeriodic(0, HEALTH_MILLIS, timer -> tellHealth());
    }
  }

  private void tellHealth() {
    var unused = health.state().thenAccept(state -> edges.serving(state.ready()));
  }

  /** Tells the edges that it ends, answers what has come, and stops. */
  @Override
  public void close() {
    health.drain();
    edges.drain();
    rules.stop().run();
    edges.stop();
    statsd.ifPresent(StatsdExport::close);
    endpoints.close();
    replicas.ifPresent(count -> count.stop(STOP));
    store.disconnect();
    Lifecycle.stopped(
        Future.join(
            debugDoor.stop(), metricsDoor.map(MetricsDoor::stop).orElse(Future.succeededFuture())),
        STOP);
    Lifecycle.stopped(vertx.close(), STOP);
    store.stop();
    log.info("stopped");
  }
}
