package dev.sluice;

import dev.sluice.config.Configuration;
import dev.sluice.config.ConfigurationWatch;
import dev.sluice.config.SluiceConfig;
import dev.sluice.edge.Deciding;
import dev.sluice.edge.debug.ConfigurationPages;
import dev.sluice.edge.debug.DebugDoor;
import dev.sluice.edge.debug.RateLimitPages;
import dev.sluice.edge.metrics.MetricsDoor;
import dev.sluice.edge.openai.Gateway;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Counted;
import dev.sluice.ratelimit.DescriptorLimits;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisConnections;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wiring: the whole architecture in one file.
 *
 * <pre>
 *   Envoy, NGINX ─► EdgeDoors ─┐
 *                              ├─► Decisions ─► Admission ─► Counters, Accounts ─► Redis
 *   OpenAI clients ─► Gateway ─┤
 *                              └─► Dispatcher ─► a batch slot ─► Upstream ─► deployment
 *   Envoy's ratelimit ─► EdgeDoors ─► DescriptorLimits ─► Redis
 * </pre>
 *
 * <p>Started and stopped by one thread, which both block.
 */
public final class Server implements AutoCloseable {
  private static final Duration REDIS_START = Duration.ofSeconds(5);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private final SluiceConfig settings;
  private final ServerRedis store;
  private final Vertx vertx;
  private final Endpoints endpoints;
  private final RedisConnections redis;
  private final LiveConfiguration live;
  private final Decisions decisions;
  private final Gateway gateway;
  private final EdgeDoors edges;
  private final MetricsDoor metricsDoor;
  private final DebugDoor debugDoor;
  private final ReplicaReadiness readiness;

  private Server(Configuration configuration, ServerRedis store) {
    this.settings = configuration.settings();
    this.store = store;
    InstantSource clock = InstantSource.system();
    Metrics metrics = Metrics.ofProcess();
    this.vertx = EventLoops.start();
    this.endpoints = new Endpoints(metrics, clock);
    this.redis = store.connect(settings.gateway().redisTimeout(), vertx, metrics);
    this.readiness = new ReplicaReadiness(redis, settings.outage().keys());
    this.live = new LiveConfiguration(configuration, metrics, clock);
    vertx.setPeriodic(LiveConfiguration.EXPIRY_TICK_MILLIS, timer -> live.dispatcher().expire());
    this.decisions = new Decisions(configuration, live, redis, clock, metrics);
    Deciding deciding = decisions.deciding();
    this.gateway =
        new Gateway(
            vertx,
            PartOptions.gateway(settings, endpoints),
            deciding,
            live.dispatcher(),
            live.deployments(),
            PartOptions.upstream(settings));
    DescriptorLimits limits =
        RateLimiting.limits(
            settings.rateLimit(), store, vertx, live::rules, decisions.replicas(), clock, metrics);
    this.edges = new EdgeDoors(settings, endpoints, vertx, decisions, limits, readiness);
    this.metricsDoor =
        new MetricsDoor(
            vertx,
            endpoints.http("metrics", settings.metrics()),
            "/metrics",
            metrics.registry(),
            readiness);
    this.debugDoor =
        new DebugDoor(
            vertx,
            endpoints.http("debug", settings.debug()),
            List.of(
                new ConfigurationPages(live::inForce, live.dispatcher()::snapshot),
                decisions.explained(),
                new RateLimitPages(live::rules, metrics.rateLimit()),
                RateLimiting.explained(
                    settings.rateLimit(),
                    settings.http(),
                    settings.gateway().bodyTimeout(),
                    vertx,
                    limits,
                    metrics)));
  }

  /** A server that listens, and where. */
  public record Started(Server server, Doors doors) {}

  /**
   * Starts everything and says in one line what listens and where Redis is.
   *
   * @throws CannotStart with one line that says why; nothing is left running
   */
  public static Started start(Configuration configuration) throws CannotStart {
    configuration.warnings().forEach(warning -> log.warn("{}", warning));
    Server server = new Server(configuration, ServerRedis.start(configuration.settings()));
    try {
      return new Started(server, server.listen());
    } catch (CannotStart | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private Doors listen() throws CannotStart {
    if (!redis.awaitAnswer(REDIS_START)) {
      // It starts all the same: it is not ready until Redis is there, and then it is.
      log.warn("Redis does not answer yet: requests are refused until it does");
    } else {
      store.measure();
    }
    decisions.start(vertx);
    endpoints.watch();
    edges.rehearse();
    Doors doors =
        new Doors(
            Lifecycle.listening(
                "gateway",
                settings.gateway().listener(),
                DoorSettings.SLUICE,
                gateway.start(EventLoops.COUNT)),
            edges.servers().startGrpc(),
            edges.servers().startHttp(),
            Lifecycle.listening(
                "metrics", settings.metrics(), DoorSettings.SLUICE, metricsDoor.start()),
            Lifecycle.listening("debug", settings.debug(), DoorSettings.SLUICE, debugDoor.start()));
    log.info("listening: {}; {}", doors.describe(), store.describe());
    return doors;
  }

  /** Is told when the files of the configuration have changed. */
  public ConfigurationWatch.Follower<Configuration> follower() {
    return live;
  }

  /** For what administers accounts in the same process. */
  public RedisAccounts accounts() {
    return decisions.accounts();
  }

  /** Drains: readiness goes false, what runs ends within its time, then all is stopped. */
  @Override
  public void close() {
    readiness.drain();
    edges.servers().drain();
    log.info(
        "draining: {} running, for {} s at most",
        Counted.of(gateway.running(), "request"),
        settings.drainTimeout().toSeconds());
    Lifecycle.stopped(gateway.drain(settings.drainTimeout()), settings.drainTimeout().plus(STOP));
    edges.stop();
    endpoints.close();
    decisions.stop(STOP);
    store.disconnect();
    Lifecycle.stopped(Future.join(metricsDoor.stop(), debugDoor.stop()), STOP);
    Lifecycle.stopped(vertx.close(), STOP);
    store.stop();
    log.info("stopped");
  }
}
