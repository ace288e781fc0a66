package dev.sluice;

import dev.sluice.account.CallerLookup;
import dev.sluice.account.Callers;
import dev.sluice.account.CallersById;
import dev.sluice.account.KeyUse;
import dev.sluice.admission.Admission;
import dev.sluice.admission.Explain;
import dev.sluice.admission.RefusalStore;
import dev.sluice.config.Configuration;
import dev.sluice.config.SluiceConfig;
import dev.sluice.edge.Deciding;
import dev.sluice.edge.Notices;
import dev.sluice.edge.Proofs;
import dev.sluice.edge.Refusals;
import dev.sluice.edge.RequestId;
import dev.sluice.edge.debug.ExplainPage;
import dev.sluice.edge.debug.LiveQueues;
import dev.sluice.edge.explain.ExplanationJson;
import dev.sluice.metrics.Metrics;
import dev.sluice.redis.RedisAccounts;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisRefusals;
import dev.sluice.redis.RehearsalAccounts;
import dev.sluice.redis.SharedSecret;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntSupplier;

/** The one decision, put together: admission over what is in Redis, and what is said of it. */
final class Decisions {
  private static final int KNOWN_CALLERS = 100_000;
  private static final Duration ADOPTION = Duration.ofSeconds(5);

  private final SluiceConfig settings;
  private final LiveConfiguration live;
  private final InstantSource clock;
  private final RedisAccounts accounts;
  private final OutageWatch outage;
  private final KeyUseRecording keyUse;
  private final DecisionRecording recording;
  private final RefusalStore refusals;
  private final ProofSecret proofSecret;
  private final ReplicaCount replicas;
  private final Deciding deciding;
  private final Admission rehearsed;

  Decisions(
      Configuration configuration,
      LiveConfiguration live,
      RedisConnections redis,
      InstantSource clock,
      Metrics metrics) {
    this.settings = configuration.settings();
    this.live = live;
    this.clock = clock;
    this.accounts = new RedisAccounts(redis);
    this.keyUse = new KeyUseRecording(redis, metrics);
    this.replicas = new ReplicaCount(redis, metrics);
    this.refusals =
        new RedisRefusals(redis, settings.refusals().keepFor(), settings.refusals().most());
    this.recording = new DecisionRecording(settings, refusals, metrics);
    this.outage = new OutageWatch(redis, settings.outage(), replicas.count(), metrics);
    UnconfiguredTiers unconfigured = new UnconfiguredTiers(live::catalog, metrics);
    RequestId ids = new RequestId();
    Proofs proofs = new Proofs(settings.lease(), clock, ids, metrics);
    this.proofSecret = new ProofSecret(new SharedSecret(redis), proofs);
    Callers callers = callers(outage.heard(accounts));
    this.deciding =
        new Deciding(
            outage.fallback(admission(callers, keyUse.uses()), callers),
            outage.counters(),
            live::catalog,
            new Refusals(settings.gateway().busyStatus(), clock, new Random()),
            new Notices(live::catalog, live::administrators, clock, metrics),
            proofs,
            ids,
            metrics,
            decided -> {
              unconfigured.seen(decided);
              recording.record(decided);
            });
    Optional<String> tier = configuration.catalog().tiers().keySet().stream().findFirst();
    this.rehearsed = admission(callers(new RehearsalAccounts(accounts, tier)), KeyUse.IGNORED);
  }

  private static Callers callers(CallerLookup accounts) {
    return new Callers(accounts, KNOWN_CALLERS, System::nanoTime);
  }

  private Admission admission(Callers callers, KeyUse uses) {
    return new Admission(live::catalog, callers, outage.counters(), settings.lease(), clock, uses);
  }

  /** What every door needs. */
  Deciding deciding() {
    return deciding;
  }

  /** By which the doors are tried before they open: of a caller who exists nowhere. */
  Admission rehearsed() {
    return rehearsed;
  }

  /** The page that says why, for the debug door. */
  ExplainPage explained() {
    LiveQueues queues = new LiveQueues(live::inForce, live.dispatcher()::snapshot);
    return new ExplainPage(
        new CallersById(accounts),
        new Explain(live::catalog, outage.counters(), queues, clock),
        new ExplanationJson(settings.gateway().busyStatus()),
        refusals);
  }

  RedisAccounts accounts() {
    return accounts;
  }

  /** How many replicas share what is counted. */
  IntSupplier replicas() {
    return replicas.count();
  }

  /**
   * Begins what goes on beside the requests.
   *
   * @throws CannotStart when the decision log cannot be written
   */
  void start(Vertx vertx) throws CannotStart {
    recording.start();
    proofSecret.start(vertx);
    replicas.start(vertx);
    outage.start(vertx);
    keyUse.start(vertx, settings.lastUseInterval());
  }

  /** Blocks until what was recorded is written, or the time is over. */
  void stop(Duration within) {
    outage.stop(ADOPTION);
    replicas.stop(within);
    keyUse.stop(within);
    recording.stop(within);
  }
}
