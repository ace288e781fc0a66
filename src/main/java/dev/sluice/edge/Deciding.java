package dev.sluice.edge;

import dev.sluice.admission.Admission;
import dev.sluice.admission.Counters;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import java.util.function.Supplier;

/**
 * What every door that decides about requests needs.
 *
 * @param catalog the one in force
 */
public record Deciding(
    Admission admission,
    Counters counters,
    Supplier<Catalog> catalog,
    Refusals refusals,
    Notices notices,
    Proofs proofs,
    RequestId ids,
    Metrics metrics) {

  /** The same with another admission, counted elsewhere. */
  public Deciding with(Admission other, Metrics elsewhere) {
    return new Deciding(other, counters, catalog, refusals, notices, proofs, ids, elsewhere);
  }

  /** The log of one door's decisions. */
  public DecisionLog decisions(String door) {
    return new DecisionLog(door, metrics, catalog);
  }
}
