package dev.sluice.edge.decisions;

import dev.sluice.edge.Decided;
import dev.sluice.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decision log: a line of JSON for each refusal, also for what only a limit in shadow would
 * have refused, and for a share of all other requests.
 *
 * <p>Safe for use by many threads.
 */
public final class DecisionLines {
  private static final int AT_A_TIME = 200;
  private static final Logger log = LoggerFactory.getLogger(DecisionLines.class);

  private final LineSink sink;
  private final double sample;
  private final DoubleSupplier random;
  private final Metrics metrics;
  private final Outbox<Decided> outbox;

  /** Of the outbox's thread. */
  private boolean failing;

  /**
   * @param sample the share of what was not refused, from 0 to 1
   * @param queue how many lines wait at most
   * @param random from 0 to 1, without 1
   */
  public DecisionLines(
      LineSink sink, double sample, int queue, DoubleSupplier random, Metrics metrics) {
    this.sink = sink;
    this.sample = sample;
    this.random = random;
    this.metrics = metrics;
    this.outbox =
        new Outbox<>("decision-log", queue, AT_A_TIME, this::write, metrics::droppedDecisionLines);
  }

  /** Begins to write. */
  public void start() {
    outbox.start();
  }

  /** Puts a line in the queue, if there is to be one. May be called on an event loop. */
  public void take(Decided decided) {
    boolean refused = decided.refusal().isPresent() || decided.facts().wouldRefuse().isPresent();
    if (refused || random.getAsDouble() < sample) {
      outbox.put(decided);
    }
  }

  /** Writes what waits, and ends. Blocks, for so long at most. */
  public void stop(Duration within) {
    outbox.stop(within);
    sink.close();
  }

  private void write(List<Decided> batch) {
    StringBuilder lines = new StringBuilder();
    batch.forEach(decided -> lines.append(DecidedJson.line(decided)).append('\n'));
    try {
      sink.write(lines.toString().getBytes(StandardCharsets.UTF_8));
      metrics.wroteDecisionLines(batch.size());
      if (failing) {
        failing = false;
        log.info("the decision log is written again");
      }
    } catch (IOException e) {
      metrics.droppedDecisionLines(batch.size());
      if (!failing) {
        failing = true;
        log.warn(
            "the decision log cannot be written: {}; its lines are dropped until it can",
            e.toString());
      }
    }
  }
}
