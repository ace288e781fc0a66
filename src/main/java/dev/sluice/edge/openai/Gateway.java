package dev.sluice.edge.openai;

import dev.sluice.account.Permission;
import dev.sluice.admission.EndUser;
import dev.sluice.admission.KeyLimits;
import dev.sluice.backend.Deployments;
import dev.sluice.backend.Upstream;
import dev.sluice.backend.UpstreamOptions;
import dev.sluice.edge.Deciding;
import dev.sluice.edge.TroubleLog;
import dev.sluice.edge.http.Bodies;
import dev.sluice.edge.http.Connections;
import dev.sluice.edge.http.Cors;
import dev.sluice.edge.http.HttpDoor;
import dev.sluice.edge.http.Replies;
import dev.sluice.edge.http.RouteErrors;
import dev.sluice.metrics.Metrics;
import dev.sluice.queue.Dispatcher;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway: routes, what its requests share, start and drain. */
public final class Gateway {
  /** For those that are cut off to be told. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  /** For what was settled last to reach the store. */
  private static final Duration SETTLEMENT = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(Gateway.class);

  private final Vertx vertx;
  private final GatewayOptions options;
  private final Deployments deployments;
  private final UpstreamOptions upstreamOptions;
  private final GatewayParts parts;
  private final Uncounted uncounted;
  private final Models models;
  private final KeyInfo keyInfo;
  private final Connections connections;
  private final HttpDoor door;

  public Gateway(
      Vertx vertx,
      GatewayOptions options,
      Deciding deciding,
      Dispatcher dispatcher,
      Deployments deployments,
      UpstreamOptions upstreamOptions) {
    this.vertx = vertx;
    this.options = options;
    this.deployments = deployments;
    this.upstreamOptions = upstreamOptions;
    Metrics metrics = deciding.metrics();
    this.connections = new Connections(options.door(), metrics, System::nanoTime);
    Replies replies = new Replies(connections);
    this.parts =
        new GatewayParts(
            deciding.admission(),
            deciding.counters(),
            deciding.catalog(),
            dispatcher,
            deciding.refusals(),
            deciding.notices(),
            deciding.proofs(),
            deciding.ids(),
            metrics,
            new Bodies(vertx, Exchange.DOOR, options.bodies(), metrics),
            replies,
            connections,
            deciding.decisions(Exchange.DOOR),
            new TroubleLog(System::nanoTime),
            options.maxWait(),
            ConcurrentHashMap.newKeySet());
    this.uncounted = new Uncounted(deciding, replies);
    this.models =
        new Models(deciding.admission(), deciding.refusals(), deciding.notices(), Instant.now());
    this.keyInfo =
        new KeyInfo(
            deciding.admission(),
            new KeyLimits(deciding.catalog(), deciding.counters(), InstantSource.system()),
            deciding.refusals(),
            InstantSource.system());
    this.door =
        new HttpDoor(vertx, options.door(), connections, deciding.ids(), metrics, this::router);
  }

  /**
   * Listens on as many event loops.
   *
   * @return the port
   */
  public Future<Integer> start(int eventLoops) {
    vertx.setPeriodic(
        options.renewal().toMillis(), timer -> parts.running().forEach(Exchange::renew));
    return door.start(eventLoops);
  }

  /** Accepts nothing more, and lets what runs end within the time, its settlement included. */
  public Future<Void> drain(Duration time) {
    Future<?> closed = door.shutdown(time.plus(FAREWELL));
    Future<?> late = vertx.timer(time.toMillis()).onSuccess(over -> cutOff());
    return Future.any(closed, late.compose(over -> vertx.timer(FAREWELL.toMillis())))
        .otherwiseEmpty()
        .onComplete(over -> connections.forceAll())
        .compose(over -> settled(System.nanoTime() + SETTLEMENT.toNanos()));
  }

  private void cutOff() {
    if (!parts.running().isEmpty()) {
      log.warn("cutting off {} requests that did not end in time", parts.running().size());
      parts.running().forEach(Exchange::cutOff);
    }
  }

  private Future<Void> settled(long deadline) {
    return parts.running().isEmpty() || System.nanoTime() > deadline
        ? Future.succeededFuture()
        : vertx.timer(5, TimeUnit.MILLISECONDS).compose(waited -> settled(deadline));
  }

  /** Requests that were admitted and have not ended. */
  public int running() {
    return parts.running().size();
  }

  /** The routes of one event loop, with a backend client of that loop. */
  private Router router(Context context) {
    Upstream upstream = new Upstream(vertx, deployments, upstreamOptions);
    Router router = Router.router(vertx);
    options.cors().ifPresent(cors -> Cors.addTo(router, cors));
    router
        .post("/v1/chat/completions")
        .handler(route -> new Exchange(parts, upstream, context, route.request()).begin());
    router.get("/v1/models").handler(route -> models(context, route.request(), Optional.empty()));
    router
        .getWithRegex("/v1/models/(?<model>.+)")
        .handler(
            route ->
                models(context, route.request(), Optional.ofNullable(route.pathParam("model"))));
    router
        .get("/v1/key")
        .handler(
            route -> {
              Optional<String> model = route.queryParam("model").stream().findFirst();
              EndUser endUser =
                  route.queryParam("user").stream()
                      .findFirst()
                      .map(EndUser::named)
                      .orElse(EndUser.UNNAMED);
              uncounted.answer(
                  context,
                  route.request(),
                  Optional.empty(),
                  (caller, id) -> keyInfo.answer(caller, model, endUser, id));
            });
    new RouteErrors(Exchange.DOOR, parts.replies(), parts.requestIds(), parts.metrics())
        .addTo(router, path -> path.startsWith("/v1/chat") ? "POST" : "GET");
    return router;
  }

  private void models(Context context, HttpServerRequest request, Optional<String> model) {
    uncounted.answer(
        context,
        request,
        Optional.of(Permission.MODELS),
        (caller, id) -> models.answer(caller, model, id));
  }
}
