package dev.sluice.edge;

import dev.sluice.admission.Admission;
import dev.sluice.admission.Counters;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;

/** What every door that decides about requests needs. */
public record Deciding(
    Admission admission,
    Counters counters,
    Catalog catalog,
    Refusals refusals,
    Proofs proofs,
    RequestId ids,
    Metrics metrics) {

  /** The same, counted elsewhere. */
  public Deciding with(Metrics others) {
    return new Deciding(admission, counters, catalog, refusals, proofs, ids, others);
  }

  /** The log of one door's decisions. */
  public DecisionLog decisions(String door) {
    return new DecisionLog(door, metrics, catalog);
  }
}
