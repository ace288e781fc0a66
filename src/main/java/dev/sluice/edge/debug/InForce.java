package dev.sluice.edge.debug;

import dev.sluice.account.PlatformAdministrators;
import dev.sluice.policy.Catalog;
import dev.sluice.queue.BatchSlots;
import java.time.Instant;
import java.util.List;

/**
 * The configuration in force.
 *
 * @param refused what is wrong with the files as they are now; empty when they are in force
 */
public record InForce(
    PlatformAdministrators administrators,
    Catalog catalog,
    List<BatchSlots> deployments,
    Instant since,
    List<String> refused) {
  public InForce {
    deployments = List.copyOf(deployments);
    refused = List.copyOf(refused);
  }
}
