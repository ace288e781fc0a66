package dev.sluice.edge;

import dev.sluice.account.Caller;
import dev.sluice.admission.Refusal;
import dev.sluice.metrics.Metrics;
import dev.sluice.policy.Catalog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What became of each request at a door: a count with bounded labels, and what is written down. */
public final class DecisionLog {
  /** In the place of a model or caller that is not known yet. */
  private static final String NONE = "none";

  private final String door;
  private final Metrics metrics;
  private final Supplier<Catalog> catalog;
  private final InstantSource clock;
  private final Consumer<Decided> records;
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
   * @param records is told of each request; must not block
   */
  public DecisionLog(
      String door,
      Metrics metrics,
      Supplier<Catalog> catalog,
      InstantSource clock,
      Consumer<Decided> records) {
    this.door = door;
    this.metrics = metrics;
    this.catalog = catalog;
    this.clock = clock;
    this.records = records;
    this.labels = Labels.of(catalog.get());
  }

  /**
   * A request may go on, or its client has left before it was refused; once for each request.
   *
   * @param took how long the decision took; empty when nothing was asked
   */
  public void allowed(Facts facts, Optional<Duration> took) {
    record(facts, Optional.empty(), took);
  }

  /** A request was refused, and its client is told so; once for each. */
  public void refused(Facts facts, Refusal refusal, Answer answer, Optional<Duration> took) {
    record(facts, Optional.of(new Decided.Refused(refusal, answer)), took);
  }

  /**
   * A request that no limit counts was refused: it is written down, and not counted here either.
   */
  public void refusedUncounted(Facts facts, Refusal refusal, Answer answer) {
    records.accept(
        new Decided(
            clock.instant(),
            door,
            facts,
            Optional.of(new Decided.Refused(refusal, answer)),
            Optional.empty()));
  }

  private void record(Facts facts, Optional<Decided.Refused> refusal, Optional<Duration> took) {
    Labels known = labels();
    String tier = label(facts.caller().map(Caller::tier), known.tiers());
    String model = label(facts.model(), known.models());
    metrics.decided(door, tier, model, facts.decision());
    facts.wouldRefuse().ifPresent(why -> metrics.wouldRefuse(door, tier, model, why));
    records.accept(new Decided(clock.instant(), door, facts, refusal, took));
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
  private static String label(Optional<String> name, Set<String> known) {
    return name.map(its -> known.contains(its) ? its : Metrics.OTHER).orElse(NONE);
  }
}
