package dev.sluice;

import dev.sluice.account.CallerLookup;
import dev.sluice.account.Callers;
import dev.sluice.admission.Admission;
import dev.sluice.admission.Counters;
import dev.sluice.admission.Outage;
import dev.sluice.admission.OutageCounters;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.OutagePolicy;
import dev.sluice.redis.RedisConnections;
import dev.sluice.redis.RedisCounters;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What decides while Redis does not answer, put together; it notices when Redis is back. */
final class OutageWatch {
  private static final long TICK_MILLIS = 250;
  private static final Logger log = LoggerFactory.getLogger(OutageWatch.class);

  private final RedisConnections redis;
  private final OutagePolicy policy;
  private final Outage outage;
  private final OutageCounters counters;

  OutageWatch(RedisConnections redis, OutagePolicy policy, IntSupplier replicas, Metrics metrics) {
    this.redis = redis;
    this.policy = policy;
    this.outage = new Outage(policy, replicas, new OutageMeters(metrics), System::nanoTime);
    this.counters =
        new OutageCounters(new RedisCounters(redis), policy, replicas, outage, System::nanoTime);
  }

  /** Those of Redis; while it is away, those of this replica. */
  Counters counters() {
    return counters;
  }

  /** The same lookup, by whose answers it is noticed that Redis is back. */
  CallerLookup heard(CallerLookup accounts) {
    return key ->
        accounts
            .caller(key)
            .whenComplete(
                (caller, failure) -> {
                  if (failure == null) {
                    counters.answered();
                  }
                });
  }

  /** The same admission, which decides by the policy what Redis does not answer. */
  Admission fallback(Admission admission, Callers callers) {
    return admission.withFallback(
        callers.confirmedWithin(policy.keys(), outage::failed), counters.withoutStore(), outage);
  }

  void start(Vertx vertx) {
    vertx.setPeriodic(TICK_MILLIS, timer -> tick());
  }

  /** Blocks until Redis knows what was admitted without it, or the time is over. */
  void stop(Duration time) {
    long until = System.nanoTime() + time.toNanos();
    counters.adopt();
    while (counters.notAdopted() > 0 && System.nanoTime() < until) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
      counters.adopt();
    }
    if (counters.notAdopted() > 0) {
      log.warn(
          "{} requests that were admitted without Redis will not be counted there",
          counters.notAdopted());
    }
  }

  private void tick() {
    counters.adopt();
    if (outage.present()) {
      // Else an outage would last until somebody comes.
      var unused = redis.ping().thenRun(counters::answered);
    }
  }
}
