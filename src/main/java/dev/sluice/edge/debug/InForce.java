package dev.sluice.edge.debug;

import dev.sluice.account.PlatformAdministrators;
import dev.sluice.policy.Catalog;
import dev.sluice.queue.BatchSlots;
import java.time.Instant;
import java.util.List;

/**
 * The configuration in force.
 *
 * @param needsRestart the sections of sluice.yaml of which the server still has what it started
 *     with
 * @param refused what is wrong with the files as they are now; empty when they are in force
 */
public record InForce(
    PlatformAdministrators administrators,
    Catalog catalog,
    List<BatchSlots> deployments,
    Instant since,
    List<String> needsRestart,
    List<String> refused) {
  public InForce {
    deployments = List.copyOf(deployments);
    needsRestart = List.copyOf(needsRestart);
    refused = List.copyOf(refused);
  }
}
