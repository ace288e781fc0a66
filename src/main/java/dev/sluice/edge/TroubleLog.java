package dev.sluice.edge;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the one on call should read of backends and queues: when a deployment is lost and when it
 * answers again, when a queue begins to turn requests away and when it no longer does. Not a line
 * for each request: those are in the metrics.
 *
 * <p>Safe for use by many threads.
 */
public final class TroubleLog {
  private static final Logger log = LoggerFactory.getLogger(TroubleLog.class);

  /** A full queue has room again and again; it is over when nobody was turned away for so long. */
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final Spells<String> deployments;
  private final Spells<Queue> queues;

  private record Queue(String model, String qos) {}

  /**
   * @param ticker nanoseconds, as {@code System::nanoTime}
   */
  public TroubleLog(LongSupplier ticker) {
    this.deployments = new Spells<>(Duration.ZERO, ticker);
    this.queues = new Spells<>(QUIET, ticker);
  }

  /**
   * A deployment could not be used.
   *
   * @param why as {@code cannot be reached: connection refused}
   */
  public void lost(String deployment, String why) {
    deployments.met(deployment, () -> log.warn("deployment {} {}", deployment, why));
  }

  /** A deployment answered. */
  public void answered(String deployment) {
    deployments.over(deployment, () -> log.info("deployment {} answers again", deployment));
  }

  /**
   * A request found no room in a queue, or waited in vain.
   *
   * @param why as {@code 5 requests wait}
   */
  public void turnedAway(String model, String qos, String why) {
    queues.met(
        new Queue(model, qos),
        () -> log.warn("the queue of {} for QoS {} turns requests away: {}", model, qos, why));
  }

  /** A request got a slot. */
  public void served(String model, String qos) {
    queues.over(
        new Queue(model, qos),
        () -> log.info("the queue of {} for QoS {} turns nobody away any more", model, qos));
  }
}
