package dev.sluice;

import dev.sluice.account.Caller;
import dev.sluice.edge.Decided;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tiers that users were given and the configuration does not have: each is said once, and once more
 * when it has been configured in between. Safe for use by many threads.
 */
final class UnconfiguredTiers {
  private static final Logger log = LoggerFactory.getLogger(UnconfiguredTiers.class);

  /** Accounts name them, so their number has no other bound. */
  private static final int MOST = 100;

  private final Supplier<Catalog> catalog;
  private final Metrics metrics;
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  /**
   * @param catalog the one in force
   */
  UnconfiguredTiers(Supplier<Catalog> catalog, Metrics metrics) {
    this.catalog = catalog;
    this.metrics = metrics;
  }

  /** A request was decided. May be called on an event loop. */
  void seen(Decided decided) {
    decided.facts().caller().map(Caller::tier).ifPresent(this::seen);
  }

  private void seen(String tier) {
    if (catalog.get().tiers().containsKey(tier)) {
      if (!said.isEmpty()) {
        said.remove(tier);
      }
      return;
    }
    boolean known = said.contains(tier) || (said.size() < MOST && said.add(tier) && say(tier));
    metrics.unconfiguredTier(known ? tier : Metrics.OTHER);
  }

  private static boolean say(String tier) {
    log.warn("tier {} is given to users but is not configured: its users may call no model", tier);
    return true;
  }
}
