package dev.sluice.edge;

import dev.sluice.admission.Admission;
import dev.sluice.admission.Counters;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What every door that decides about requests needs.
 *
 * @param catalog the one in force
 * @param records is told what became of each request; must not block
 */
public record Deciding(
    Admission admission,
    Counters counters,
    Supplier<Catalog> catalog,
    Refusals refusals,
    Notices notices,
    Proofs proofs,
    RequestId ids,
    Metrics metrics,
    Consumer<Decided> records) {

  /** The same with another admission, counted elsewhere and recorded nowhere. */
  public Deciding with(Admission other, Metrics elsewhere) {
    return new Deciding(
        other, counters, catalog, refusals, notices, proofs, ids, elsewhere, unrecorded -> {});
  }

  /** The log of one door's decisions. */
  public DecisionLog decisions(String door) {
    return new DecisionLog(door, metrics, catalog, InstantSource.system(), records);
  }
}
