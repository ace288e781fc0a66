package dev.sluice.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import io.prometheus.client.hotspot.DefaultExports;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * Every metric that Sluice counts itself; what the queue shows is read when Prometheus asks.
 *
 * <p>Safe for use by many threads. All labels are bounded: callers pass values from the
 * configuration or from a closed set, never what a client sent.
 */
public final class Metrics {
  /** Stands for a model or tier that the configuration does not know. */
  public static final String OTHER = "other";

  private final CollectorRegistry registry = new CollectorRegistry();
  private final Map<String, Gauge> gauges = new ConcurrentHashMap<>();

  private final Counter decisions =
      Counter.build("sluice_decisions", "What became of requests, by door, tier, model and reason.")
          .labelNames("door", "tier", "model", "reason")
          .register(registry);
  private final Counter wouldRefuse =
      Counter.build(
              "sluice_would_refuse",
              "Admitted requests that a limit in shadow would have refused, by why.")
          .labelNames("door", "tier", "model", "reason")
          .register(registry);
  private final Histogram decisionSeconds =
      Histogram.build("sluice_decision_seconds", "From asking for a decision to having it.")
          .labelNames("door")
          .buckets(.0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 2.5)
          .register(registry);
  private final Histogram redisSeconds =
      Histogram.build("sluice_redis_seconds", "Calls to Redis, by script and outcome.")
          .labelNames("script", "outcome")
          .buckets(.0002, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1, 2.5)
          .register(registry);
  private final Counter redisComplaints =
      Counter.build("sluice_redis_complaints", "Calls to which Redis said that it does not serve.")
          .labelNames("error")
          .register(registry);
  private final Gauge replicas =
      Gauge.build("sluice_replicas", "Replicas on this Redis, as this one saw last.")
          .register(registry);
  private final Gauge decidingWithoutRedis =
      Gauge.build("sluice_deciding_without_redis", "1 while decisions are made without Redis.")
          .register(registry);
  private final Counter decisionsWithoutRedis =
      Counter.build("sluice_decisions_without_redis", "Decisions made without Redis, by outcome.")
          .labelNames("outcome")
          .register(registry);
  private final Counter holdsNeverCounted =
      Counter.build(
              "sluice_holds_never_counted",
              "Requests admitted without Redis that it did not take within an hour after.")
          .register(registry);
  private final Histogram queueSeconds =
      Histogram.build("sluice_queue_wait_seconds", "From joining the queue to the end of the wait.")
          .labelNames("model", "qos", "outcome")
          .buckets(.001, .01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120)
          .register(registry);
  private final Histogram upstreamFirstByteSeconds =
      Histogram.build(
              "sluice_upstream_first_byte_seconds", "From forwarding to the response's head.")
          .labelNames("deployment", "model")
          .buckets(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60)
          .register(registry);
  private final Histogram upstreamSeconds =
      Histogram.build("sluice_upstream_seconds", "From forwarding to the response's end.")
          .labelNames("deployment", "model", "outcome")
          .buckets(.01, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300)
          .register(registry);
  private final Gauge inFlight =
      Gauge.build("sluice_in_flight", "Requests at a door, waiting or running.")
          .labelNames("door")
          .register(registry);
  private final Counter tokens =
      Counter.build("sluice_tokens", "Tokens that backends reported, by kind (prompt, completion).")
          .labelNames("tier", "model", "kind")
          .register(registry);
  private final Counter badRequests =
      Counter.build("sluice_bad_requests", "Requests that never came to a decision, by reason.")
          .labelNames("door", "reason")
          .register(registry);

  private final Counter proofs =
      Counter.build("sluice_proofs", "What the proofs of requests at the gateway were worth.")
          .labelNames("result")
          .register(registry);

  private final Counter keyWarnings =
      Counter.build("sluice_key_warnings", "Requests of keys that will not be honoured for long.")
          .labelNames("door", "reason")
          .register(registry);

  private final RateLimitSeries rateLimit = new RateLimitSeries().register(registry);
  private final Histogram rateLimitTimes =
      Histogram.build(
              "ratelimit_service_response_time_seconds", "From a request by gRPC to its answer.")
          .labelNames("grpc_method")
          .buckets(.0001, .00025, .0005, .001, .0025, .005, .01, .015, .025, .05, .1, 1)
          .register(registry);

  /** Of the only method, so that no answer has to look it up. */
  private final Histogram.Child rateLimitSeconds = rateLimitTimes.labels("ShouldRateLimit");

  private final Gauge rateLimitCircuit =
      Gauge.build(
              "sluice_ratelimit_circuit_open",
              "1 while Redis does not answer, so that descriptor limits go by the outage policy.")
          .labelNames("redis")
          .register(registry);

  private final Counter keyUsesDropped =
      Counter.build(
              "sluice_key_uses_dropped", "Uses of keys that are not recorded, for want of memory.")
          .register(registry);

  private final Counter decisionLines =
      Counter.build("sluice_decision_log_lines", "Lines written to the decision log.")
          .register(registry);
  private final Counter decisionLinesDropped =
      Counter.build(
              "sluice_decision_log_dropped",
              "Lines that the decision log lacks: no room, or error.")
          .register(registry);
  private final Counter refusalsKept =
      Counter.build("sluice_refusals_kept", "Refusals that can be looked up by their request.")
          .register(registry);
  private final Counter refusalsDropped =
      Counter.build("sluice_refusals_dropped", "Refusals that were not kept: no room, or error.")
          .register(registry);

  private final Counter tlsReloads =
      Counter.build("sluice_tls_reloads", "Changes of the files of TLS, taken or refused.")
          .labelNames("door", "result")
          .register(registry);

  private final Counter configurationReloads =
      Counter.build("sluice_config_reloads", "Changes of the configuration, taken or refused.")
          .labelNames("result")
          .register(registry);
  private final Gauge configurationSince =
      Gauge.build(
              "sluice_config_in_force_since_timestamp_seconds",
              "Since when the configuration in force is so.")
          .register(registry);
  private final Gauge configurationRefused =
      Gauge.build(
              "sluice_config_refused",
              "1 while the files of the configuration cannot be used, so that what they said before"
                  + " stays in force.")
          .register(registry);

  private final Gauge configurationNeedsRestart =
      Gauge.build(
              "sluice_config_needs_restart",
              "1 while sluice.yaml says something that takes effect with the next start only.")
          .register(registry);

  private final Counter unconfiguredTier =
      Counter.build(
              "sluice_unconfigured_tier_requests",
              "Requests of users whose tier the configuration does not have.")
          .labelNames("tier")
          .register(registry);

  /** With the metrics of the process and its JVM beside ours. */
  public static Metrics ofProcess() {
    Metrics metrics = new Metrics();
    DefaultExports.register(metrics.registry);
    return metrics;
  }

  /** Shows a number of a door's own whenever Prometheus asks. */
  public void gauge(String name, String help, String door, DoubleSupplier value) {
    gauges
        .computeIfAbsent(
            name, unknown -> Gauge.build(name, help).labelNames("door").register(registry))
        .setChild(
            new Gauge.Child() {
              @Override
              public double get() {
                return value.getAsDouble();
              }
            },
            door);
  }

  /** Gives the statistics of descriptor limits the names of a mapping file, in place of theirs. */
  public void mapRateLimits(StatsdMapping mapping) {
    registry.unregister(rateLimit);
    registry.unregister(rateLimitTimes);
    registry.register(new MappedSeries(rateLimit, rateLimitTimes, mapping));
  }

  /** Where other collectors of this process register. */
  public CollectorRegistry registry() {
    return registry;
  }

  /**
   * What became of a request; once for each.
   *
   * @param reason {@code admitted}, why it was refused, or, while it waited, {@code disconnected}
   *     or {@code stopped}
   */
  public void decided(String door, String tier, String model, String reason) {
    decisions.labels(door, tier, model, reason).inc();
  }

  /**
   * A request was admitted that would not have been if what is in shadow were enforced.
   *
   * @param reason of the refusal
   */
  public void wouldRefuse(String door, String tier, String model, String reason) {
    wouldRefuse.labels(door, tier, model, reason).inc();
  }

  /** How long the admission took, whatever it decided. */
  public void decisionTook(String door, long nanos) {
    decisionSeconds.labels(door).observe(seconds(nanos));
  }

  /**
   * A call to Redis ended.
   *
   * @param outcome {@code ok}, {@code timeout}, {@code not_sent}, {@code disconnected}, {@code
   *     refused} or {@code error}
   */
  public void calledRedis(String script, String outcome, long nanos) {
    redisSeconds.labels(script, outcome).observe(seconds(nanos));
  }

  /**
   * Redis answered a call with an error of its own state or settings.
   *
   * @param error its code in lower case, such as {@code readonly}
   */
  public void redisComplained(String error) {
    redisComplaints.labels(error).inc();
  }

  /** So many replicas share Redis. */
  public void replicas(int count) {
    replicas.set(count);
  }

  /** Decisions are made without Redis from now on, or with it again. */
  public void decidingWithoutRedis(boolean now) {
    decidingWithoutRedis.set(now ? 1 : 0);
  }

  /**
   * A decision was made without Redis.
   *
   * @param outcome {@code admitted}, {@code known}, {@code refused} or {@code unavailable}
   */
  public void decidedWithoutRedis(String outcome) {
    decisionsWithoutRedis.labels(outcome).inc();
  }

  /** A request that was admitted without Redis will not be counted there. */
  public void neverCounted() {
    holdsNeverCounted.inc();
  }

  /** A wait in the queue ended. */
  public void waited(String model, String qos, String outcome, long nanos) {
    queueSeconds.labels(model, qos, outcome).observe(seconds(nanos));
  }

  /** The head of a backend's response arrived. */
  public void upstreamAnswered(String deployment, String model, long nanos) {
    upstreamFirstByteSeconds.labels(deployment, model).observe(seconds(nanos));
  }

  /** A forwarded request ended. */
  public void upstreamEnded(String deployment, String model, String outcome, long nanos) {
    upstreamSeconds.labels(deployment, model, outcome).observe(seconds(nanos));
  }

  /** A request came to a door; {@link #left} must follow. */
  public void arrived(String door) {
    inFlight.labels(door).inc();
  }

  /** A request left a door. */
  public void left(String door) {
    inFlight.labels(door).dec();
  }

  /** A request was malformed, too large or too late, so that there was nothing to decide. */
  public void badRequest(String door, String reason) {
    badRequests.labels(door, reason).inc();
  }

  /**
   * A request came to the gateway with a proof, or without.
   *
   * @param result {@code missing}, {@code valid}, {@code expired} or {@code invalid}
   */
  public void proved(String result) {
    proofs.labels(result).inc();
  }

  /**
   * A request came with a key that will not be honoured for long, and its client is told so.
   *
   * @param reason {@code old}, {@code rotated} or {@code expiring}
   */
  public void warnedOfKey(String door, String reason) {
    keyWarnings.labels(door, reason).inc();
  }

  /** What the descriptor limits count, by rule. */
  public RateLimitSeries rateLimit() {
    return rateLimit;
  }

  /**
   * Whether the descriptor limits have ceased to ask a Redis that does not answer.
   *
   * @param redis {@code main} or {@code per_second}
   */
  public void rateLimitCircuit(String redis, boolean open) {
    rateLimitCircuit.labels(redis).set(open ? 1 : 0);
  }

  /** A request to the rate limit service was answered by gRPC. */
  public void rateLimitAnswered(long nanos) {
    rateLimitSeconds.observe(seconds(nanos));
    rateLimit.answered(nanos);
  }

  /** A key was used, and that will not be recorded. */
  public void droppedKeyUse() {
    keyUsesDropped.inc();
  }

  /** Lines went to the decision log. */
  public void wroteDecisionLines(int lines) {
    decisionLines.inc(lines);
  }

  /** The decision log lacks some lines. */
  public void droppedDecisionLines(int lines) {
    decisionLinesDropped.inc(lines);
  }

  /** Refusals are kept, to be looked up. */
  public void keptRefusals(int refusals) {
    refusalsKept.inc(refusals);
  }

  /** Refusals cannot be looked up. */
  public void droppedRefusals(int refusals) {
    refusalsDropped.inc(refusals);
  }

  /**
   * The files of a door's TLS have changed.
   *
   * @param result {@code taken} or {@code refused}
   */
  public void reloadedTls(String door, String result) {
    tlsReloads.labels(door, result).inc();
  }

  /**
   * The files of the configuration have changed.
   *
   * @param result {@code taken} or {@code refused}
   */
  public void reloadedConfiguration(String result) {
    configurationReloads.labels(result).inc();
    boolean refused = result.equals("refused");
    configurationRefused.set(refused ? 1 : 0);
    if (refused) {
      rateLimit.configurationRefused();
    } else {
      rateLimit.configurationLoaded();
    }
  }

  /** A configuration came into force. */
  public void configurationInForce(Instant since) {
    configurationSince.set(since.toEpochMilli() / 1e3);
  }

  /** Whether something of sluice.yaml waits for the next start. */
  public void configurationNeedsRestart(boolean needed) {
    configurationNeedsRestart.set(needed ? 1 : 0);
  }

  /** A request came of somebody whose tier the configuration does not have. */
  public void unconfiguredTier(String tier) {
    unconfiguredTier.labels(tier).inc();
  }

  /** A backend reported what a request used. */
  public void used(String tier, String model, long promptTokens, long completionTokens) {
    tokens.labels(tier, model, "prompt").inc((double) promptTokens);
    tokens.labels(tier, model, "completion").inc((double) completionTokens);
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
