package dev.sluice.edge;

import dev.sluice.account.Caller;
import dev.sluice.account.Names;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What became of each request at a door: a count with bounded labels, and a line at debug. */
public final class DecisionLog {
  /** In the place of a model or caller that is not known yet. */
  public static final String NONE = "none";

  private static final Logger log = LoggerFactory.getLogger("dev.sluice.decision");

  private final String door;
  private final Metrics metrics;
  private final Supplier<Catalog> catalog;
  private volatile Labels labels;

  /** The names that may become labels: those of one catalog. */
  private record Labels(Catalog of, Set<String> models, Set<String> tiers) {
    static Labels of(Catalog catalog) {
      Set<String> models = new HashSet<>(catalog.tiersByModel().keySet());
      models.addAll(catalog.models().keySet());
      return new Labels(catalog, models, catalog.tiers().keySet());
    }
  }

  /**
   * @param catalog the one in force
   */
  public DecisionLog(String door, Metrics metrics, Supplier<Catalog> catalog) {
    this.door = door;
    this.metrics = metrics;
    this.catalog = catalog;
    this.labels = Labels.of(catalog.get());
  }

  /**
   * Once for each request.
   *
   * @param model as the client named it
   * @param reason {@code admitted}, or another of a closed set
   */
  public void record(String requestId, Optional<Caller> caller, String model, String reason) {
    record(requestId, caller, model, reason, Optional.empty());
  }

  /**
   * As the other.
   *
   * @param wouldRefuse the reason of what would have refused it, if it were not in shadow
   */
  public void record(
      String requestId,
      Optional<Caller> caller,
      String model,
      String reason,
      Optional<String> wouldRefuse) {
    String tier = caller.map(Caller::tier).orElse(NONE);
    Labels known = labels();
    String tierLabel = label(tier, known.tiers());
    String modelLabel = label(model, known.models());
    metrics.decided(door, tierLabel, modelLabel, reason);
    wouldRefuse.ifPresent(why -> metrics.wouldRefuse(door, tierLabel, modelLabel, why));
    if (log.isDebugEnabled()) {
      log.debug(
          "request={} decision={} tier={} model={} caller={} key={} would_refuse={}",
          requestId,
          reason,
          tier,
          Names.shown(model),
          caller.map(c -> c.organization().id() + "/" + c.user().id()).orElse("-"),
          caller.map(c -> c.key().id()).orElse("-"),
          wouldRefuse.orElse("-"));
    }
  }

  @SuppressWarnings("ReferenceEquality") // to compare thousands of tiers costs more than a request
  private Labels labels() {
    Catalog now = catalog.get();
    Labels known = labels;
    if (known.of() != now) {
      known = Labels.of(now);
      labels = known;
    }
    return known;
  }

  /** What a client sent must not become a label of its own. */
  private static String label(String name, Set<String> known) {
    return known.contains(name) || name.equals(NONE) ? name : Metrics.OTHER;
  }
}
