package dev.sluice;

import dev.sluice.admission.OutageMetrics;
import dev.sluice.metrics.Metrics;

/** Shows what is decided without Redis. */
record OutageMeters(Metrics metrics) implements OutageMetrics {
  @Override
  public void withoutStore(boolean now) {
    metrics.decidingWithoutRedis(now);
  }

  @Override
  public void decidedWithoutStore(String outcome) {
    metrics.decidedWithoutRedis(outcome);
  }

  @Override
  public void neverCounted() {
    metrics.neverCounted();
  }
}
