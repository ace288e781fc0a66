package dev.sluice;

import dev.sluice.account.Accounts;
import dev.sluice.account.Callers;
import dev.sluice.admission.Admission;
import dev.sluice.admission.Counters;
import dev.sluice.backend.UpstreamOptions;
import dev.sluice.config.Configuration;
import dev.sluice.config.SluiceConfig;
import dev.sluice.edge.Readiness;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.debug.DebugDoor;
import dev.sluice.edge.metrics.MetricsDoor;
import dev.sluice.edge.metrics.QueueCollector;
import dev.sluice.edge.openai.Gateway;
import dev.sluice.edge.openai.GatewayOptions;
import dev.sluice.metrics.Metrics;
import dev.sluice.queue.LocalDispatcher;
import dev.sluice.redis.EmbeddedRedis;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisCounters;
import dev.sluice.redis.RedisOptions;
import io.prometheus.client.hotspot.DefaultExports;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxInternal;
import java.net.BindException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The wiring: the whole architecture in one file.
 *
 * <pre>
 *   doors (edge) → Admission → Counters, Accounts → Redis
 *                → Dispatcher → batch slots → Upstream → backends
 * </pre>
 *
 * <p>Started and stopped by one thread, which both block.
 */
public final class Server implements AutoCloseable {
  private static final int KNOWN_CALLERS = 100_000;
  private static final int REDIS_CALLS_IN_FLIGHT = 10_000;
  private static final Duration EXPIRY_TICK = Duration.ofMillis(50);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(75);
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private final SluiceConfig settings;
  private final Optional<EmbeddedRedis> embedded;
  private final Vertx vertx;
  private final RedisConnections redis;
  private final Accounts accounts;
  private final Gateway gateway;
  private final MetricsDoor metricsDoor;
  private final DebugDoor debugDoor;
  private volatile boolean draining;
  private int gatewayPort;
  private int metricsPort;
  private int debugPort;

  private Server(Configuration configuration) {
    this.settings = configuration.settings();
    SluiceConfig.Gateway bounds = settings.gateway();
    InstantSource clock = InstantSource.system();
    Metrics metrics = new Metrics();
    DefaultExports.register(metrics.registry());

    this.embedded =
        settings.redis().embedded()
            ? Optional.of(
                EmbeddedRedis.start(
                    EmbeddedRedis.Options.durable(settings.dataDirectory().resolve("redis"))))
            : Optional.empty();
    int eventLoops = Runtime.getRuntime().availableProcessors();
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(eventLoops)
                .setPreferNativeTransport(false)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    // Redis answers on the event loop of the request that asked: no hop between threads. (Internal
    // API of Vert.x: it stands here and nowhere else.)
    this.redis =
        RedisConnections.open(
            new RedisOptions(
                embedded.map(EmbeddedRedis::url).orElseGet(settings.redis()::reveal),
                bounds.redisTimeout(),
                REDIS_CALLS_IN_FLIGHT),
            ((VertxInternal) vertx).nettyEventLoopGroup(),
            metrics);
    this.accounts = new RedisAccounts(redis, clock);
    Counters counters = new RedisCounters(redis);

    Admission admission =
        new Admission(
            configuration.catalog(),
            new Callers(accounts, KNOWN_CALLERS, System::nanoTime),
            counters,
            settings.lease(),
            clock);
    LocalDispatcher dispatcher =
        new LocalDispatcher(configuration.slots(), settings.lease(), System::nanoTime);
    vertx.setPeriodic(EXPIRY_TICK.toMillis(), timer -> dispatcher.expire());
    metrics.registry().register(new QueueCollector(dispatcher::snapshot));

    this.gateway =
        new Gateway(
            vertx,
            new GatewayOptions(
                bounds.listener().host(),
                bounds.listener().port(),
                bounds.maxBodyBytes(),
                bounds.maxBodiesBytes(),
                bounds.maxConnections(),
                bounds.headTimeout(),
                bounds.bodyTimeout(),
                KEEP_ALIVE,
                bounds.maxWait(),
                settings.lease().dividedBy(3)),
            admission,
            counters,
            dispatcher,
            configuration.catalog(),
            configuration.deployments(),
            new UpstreamOptions(
                CONNECT_TIMEOUT,
                bounds.upstreamHeadTimeout(),
                bounds.upstreamIdleTimeout(),
                configuration.slots().stream().mapToInt(slots -> slots.slots()).max().orElse(1)),
            new Refusals(bounds.busyStatus(), clock, new Random()),
            metrics);
    this.metricsDoor =
        new MetricsDoor(
            vertx,
            settings.metrics().host(),
            settings.metrics().port(),
            metrics.registry(),
            readiness());
    this.debugDoor =
        new DebugDoor(
            vertx,
            settings.debug().host(),
            settings.debug().port(),
            configuration.catalog(),
            configuration.slots(),
            dispatcher::snapshot);
  }

  /**
   * Starts everything and says in one line what listens and where Redis is.
   *
   * @throws CannotStart with one line that says why; nothing is left running
   */
  public static Server start(Configuration configuration) throws CannotStart {
    configuration.warnings().forEach(warning -> log.warn("{}", warning));
    Server server;
    try {
      server = new Server(configuration);
    } catch (IllegalStateException e) {
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    }
    try {
      server.listen();
      return server;
    } catch (CannotStart e) {
      server.close();
      throw e;
    }
  }

  private void listen() throws CannotStart {
    int loops = Runtime.getRuntime().availableProcessors();
    metricsPort = await("metrics", settings.metrics(), metricsDoor.start());
    debugPort = await("debug", settings.debug(), debugDoor.start());
    gatewayPort = await("gateway", settings.gateway().listener(), gateway.start(loops));
    log.info(
        "listening: gateway {}, metrics {}, debug {}; Redis: {}",
        gatewayUrl(),
        metricsUrl(),
        debugUrl(),
        embedded.map(EmbeddedRedis::describe).orElseGet(settings.redis()::toString));
  }

  public String gatewayUrl() {
    return url(settings.gateway().listener().host(), gatewayPort);
  }

  public String metricsUrl() {
    return url(settings.metrics().host(), metricsPort);
  }

  public String debugUrl() {
    return url(settings.debug().host(), debugPort);
  }

  /** For commands in the same process that administer accounts. */
  public Accounts accounts() {
    return accounts;
  }

  /** Drains: readiness goes false, what runs ends within its time, then all is stopped. */
  @Override
  public void close() {
    draining = true;
    log.info("draining {} requests, for {} at most", gateway.running(), settings.drainTimeout());
    join(gateway.drain(settings.drainTimeout()));
    // What was settled last is still on its way to Redis.
    redis.close();
    join(Future.join(metricsDoor.stop(), debugDoor.stop()));
    join(vertx.close());
    embedded.ifPresent(EmbeddedRedis::close);
    log.info("stopped");
  }

  private Readiness readiness() {
    return () ->
        draining
            ? CompletableFuture.completedFuture(new Readiness.State(false, "draining"))
            : redis
                .ping()
                .toCompletableFuture()
                .orTimeout(1, TimeUnit.SECONDS)
                .handle(
                    (pong, failure) ->
                        failure == null
                            ? new Readiness.State(true, "ready")
                            : new Readiness.State(false, "Redis does not answer"));
  }

  private static int await(String door, SluiceConfig.Listener at, Future<Integer> port)
      throws CannotStart {
    try {
      return port.toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why =
          cause instanceof BindException
              ? "the port is in use, or the address is not this host's"
              : String.valueOf(cause.getMessage());
      throw new CannotStart(
          "the %s door cannot listen on %s:%d: %s. Set %s.port to another one."
              .formatted(door, at.host(), at.port(), why, door),
          cause);
    }
  }

  private void join(Future<?> future) {
    try {
      future
          .toCompletionStage()
          .toCompletableFuture()
          .get(settings.drainTimeout().toMillis() + 5000, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      log.warn("stopping: {}", e.toString());
    }
  }

  private static String url(String host, int port) {
    String reachable = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    return "http://" + (reachable.contains(":") ? "[" + reachable + "]" : reachable) + ":" + port;
  }

  /** Why a server cannot start, in one line. */
  public static final class CannotStart extends Exception {
    private static final long serialVersionUID = 1L;

    CannotStart(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
