package dev.sluice.admission;

import dev.sluice.policy.OutagePolicy;
import dev.sluice.policy.OutagePolicy.Fallback;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether decisions are made without the store, and how many; said once when it lasts, and once
 * when it is over. Safe for use by many threads.
 */
public final class Outage {
  private static final Logger log = LoggerFactory.getLogger(Outage.class);

  /** While one node of a cluster is away, others answer: that must not count as the end. */
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A decision asks two or three times. */
  private static final int MANY_FAILURES = 10;

  /** What the store refuses to adopt for so long after an outage makes no outage. */
  private static final long LONGEST_ADOPTION_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final OutagePolicy policy;
  private final IntSupplier replicas;
  private final OutageMetrics metrics;
  private final LongSupplier nanos;
  private volatile boolean present;

  /** Whether the log has it: an answer that came late by itself is no outage to read of. */
  private volatile boolean said;

  private volatile long lastFailure;
  private long since;
  private int failures;
  private long admitted;
  private long known;
  private long refused;
  private long unavailable;
  private long counted;

  /**
   * @param replicas for the log
   * @param nanos a ticker
   */
  public Outage(
      OutagePolicy policy, IntSupplier replicas, OutageMetrics metrics, LongSupplier nanos) {
    this.policy = policy;
    this.replicas = replicas;
    this.metrics = metrics;
    this.nanos = nanos;
  }

  /** Whether decisions are made without the store. */
  public boolean present() {
    return present;
  }

  /** The store did not answer a question of a decision. */
  public void failed() {
    lastFailure = nanos.getAsLong();
    if (!present) {
      begin();
    }
    if (!said) {
      sayIfItLasts();
    }
  }

  private synchronized void begin() {
    if (present) {
      return;
    }
    present = true;
    since = nanos.getAsLong();
    admitted = 0;
    known = 0;
    refused = 0;
    unavailable = 0;
    counted = 0;
    failures = 0;
    said = false;
    metrics.withoutStore(true);
  }

  private synchronized void sayIfItLasts() {
    failures++;
    if (said || !present || (failures < MANY_FAILURES && nanos.getAsLong() - since < QUIET_NANOS)) {
      return;
    }
    said = true;
    log.warn(
        "deciding without Redis: keys that it confirmed within {} s are honoured, rates {},"
            + " concurrency {}",
        policy.keys().toMillis() / 1e3,
        said(policy.rates()),
        said(policy.concurrency()));
  }

  private String said(Fallback fallback) {
    return fallback == Fallback.SHARE
        ? "by a share of 1/" + replicas.getAsInt()
        : fallback.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The store answers.
   *
   * @param adopting how many holds it has not adopted yet
   * @return whether the outage is over with it
   */
  synchronized boolean answered(int adopting) {
    long quiet = nanos.getAsLong() - lastFailure;
    if (!present || quiet < QUIET_NANOS || (adopting > 0 && quiet < LONGEST_ADOPTION_NANOS)) {
      return false;
    }
    present = false;
    metrics.withoutStore(false);
    if (said) {
      sayThatItIsOver();
    }
    return true;
  }

  private void sayThatItIsOver() {
    log.info(
        "deciding with Redis again, after {} s without: {} requests admitted, of which {} are"
            + " counted in Redis now; {} keys honoured where nothing is counted; {} requests"
            + " refused, {} not decided",
        TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - since) / 1e3,
        admitted,
        counted,
        known,
        refused,
        unavailable);
  }

  /** A request was decided without the store. */
  synchronized void decided(Decision decision) {
    if (decision instanceof Decision.Admitted) {
      admitted++;
      metrics.decidedWithoutStore("admitted");
    } else {
      refused(((Decision.Refused) decision).refusal());
    }
  }

  /** A key was looked at without the store, by a door that counts nothing. */
  synchronized void decided(Authentication authentication) {
    if (authentication instanceof Authentication.Rejected rejected) {
      refused(rejected.refusal());
    } else {
      known++;
      metrics.decidedWithoutStore("known");
    }
  }

  private void refused(Refusal refusal) {
    if (refusal instanceof Refusal.StoreUnavailable) {
      unavailable++;
      metrics.decidedWithoutStore("unavailable");
    } else {
      refused++;
      metrics.decidedWithoutStore("refused");
    }
  }

  /** The store has adopted a hold. */
  synchronized void adopted() {
    counted++;
  }

  /** The store will not adopt a hold. */
  void dropped() {
    metrics.neverCounted();
  }
}
