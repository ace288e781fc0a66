package dev.sluice.admission;

import dev.sluice.account.Caller;
import dev.sluice.account.Permission;
import dev.sluice.account.Standing;
import dev.sluice.policy.Block;
import dev.sluice.policy.Catalog;
import dev.sluice.policy.ModelAccess;
import dev.sluice.policy.Tier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Says what each rule would say of a request at the gateway, and counts nothing.
 *
 * <p>It asks the same rules as {@link Admission}, one by one, and goes on after one that refuses.
 * Safe for use by many threads.
 */
public final class Explain {
  /** Of a queue that is full now; the true figure is measured where it is refused. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Supplier<Catalog> catalog;
  private final Counters counters;
  private final Queues queues;
  private final InstantSource clock;

  /**
   * @param catalog the one in force
   */
  public Explain(Supplier<Catalog> catalog, Counters counters, Queues queues, InstantSource clock) {
    this.catalog = catalog;
    this.counters = counters;
    this.queues = queues;
    this.clock = clock;
  }

  /** Explains; fails when the store does not answer in time. */
  public CompletionStage<Explanation> explain(Question question) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Instant at = question.at().orElse(now);
    Catalog inForce = catalog.get();
    Caller caller = question.caller();
    Optional<ModelAccess.Allowed> listed = listed(inForce, question);
    List<ScopedLimit> ofTier =
        listed.map(its -> ApplicableLimits.ofTier(caller, its, question.model())).orElse(List.of());
    List<ScopedLimit> all = new ArrayList<>(ofTier);
    all.addAll(
        ApplicableLimits.own(
            caller,
            own -> own.concerns(question.model()),
            question.demand().endUser().orElse(EndUser.UNNAMED)));
    return counters
        .evaluate(caller.organization().id(), all, question.at())
        .thenApply(
            limits -> {
              List<Step> steps = new ArrayList<>(ofKey(question, at));
              steps.add(new Step.OfTier(Optional.ofNullable(inForce.tiers().get(caller.tier()))));
              steps.add(ofModel(inForce, question, at));
              steps.add(new Step.OfKeyModels(Judge.ofKeyModels(caller, question.model())));
              steps.add(ofBounds(listed, question));
              steps.add(ofLimits(limits, ofTier.size()));
              steps.add(ofQueue(listed.map(ModelAccess.Allowed::block), question));
              return new Explanation(question, at, at.isBefore(now) ? now : at, steps);
            });
  }

  /** What the tier says of the model, be it allowed or not. */
  private static Optional<ModelAccess.Allowed> listed(Catalog catalog, Question question) {
    String name = question.caller().tier();
    Tier tier = Catalog.MODEL_STATES.contains(name) ? null : catalog.tiers().get(name);
    return tier == null
        ? Optional.empty()
        : tier.block(question.model()).map(block -> new ModelAccess.Allowed(tier, block));
  }

  private static List<Step> ofKey(Question question, Instant at) {
    Caller caller = question.caller();
    Standing standing = caller.standing(question.presented(), at);
    // Where nothing is said, the address is not held against the key.
    Origin origin = question.from().<Origin>map(from -> from).orElseGet(Origin.Vouched::new);
    return List.of(
        new Step.OfKey(standing, Judge.ofStanding(standing, question.presented().lastFour())),
        new Step.OfNetworks(Judge.ofNetworks(caller.key().terms(), origin)),
        new Step.OfPermission(
            Judge.ofPermission(caller.key().terms(), Optional.of(Permission.INFERENCE))));
  }

  private static Step ofModel(Catalog catalog, Question question, Instant at) {
    Caller caller = question.caller();
    String model = question.model();
    ModelAccess access =
        catalog.access(caller.tier(), caller.explicitTier().isPresent(), model, at);
    Set<String> systemTiers =
        Catalog.MODEL_STATES.stream()
            .filter(
                name ->
                    Optional.ofNullable(catalog.tiers().get(name))
                        .flatMap(tier -> tier.block(model))
                        .isPresent())
            .collect(Collectors.toSet());
    return new Step.OfModel(
        access,
        systemTiers,
        catalog.retirement(model, at),
        catalog.nameAtBackend(model),
        Judge.ofAccess(access, model));
  }

  private static Step ofBounds(Optional<ModelAccess.Allowed> listed, Question question) {
    Optional<Block> block = listed.map(ModelAccess.Allowed::block);
    Optional<Refusal> exceeded =
        listed.flatMap(its -> Judge.ofBounds(question.demand(), its, question.model()));
    return block.filter(its -> its.bounds().shadow()).isPresent()
        ? new Step.OfBounds(block, Optional.empty(), exceeded)
        : new Step.OfBounds(block, exceeded, Optional.empty());
  }

  private static Step ofLimits(List<EvaluatedLimit> limits, int ofTier) {
    return new Step.OfLimits(
        limits.subList(0, ofTier),
        limits.subList(ofTier, limits.size()),
        exceeded(limits, false),
        exceeded(limits, true));
  }

  private static Optional<Refusal> exceeded(List<EvaluatedLimit> limits, boolean shadow) {
    return limits.stream().anyMatch(limit -> limit.limit().shadow() == shadow && limit.exhausted())
        ? Optional.of(Admission.exceeded(Admission.tightest(limits, shadow)))
        : Optional.empty();
  }

  private Step ofQueue(Optional<Block> listed, Question question) {
    if (listed.isEmpty()) {
      return new Step.OfQueue(Optional.empty(), Optional.empty());
    }
    Block block = listed.get();
    String model = question.model();
    Queues.View queue = queues.of(model, block.qos());
    Optional<Refusal> unserved =
        queue.deployments().isEmpty()
            ? Optional.of(new Refusal.Unserved(model, block.qos()))
            : Optional.empty();
    Optional<Refusal> full =
        queue
            .now()
            // Nobody knows who waits at another time.
            .filter(now -> question.at().isEmpty())
            .filter(now -> now.free() <= 0 && now.waiting() >= block.queueDepth())
            .map(
                now ->
                    new Refusal.QueueFull(
                        model, block.qos(), now.waiting(), block.queueDepth(), SOON));
    return new Step.OfQueue(
        Optional.of(new Step.Place(block.qos(), block.queueDepth(), queue)),
        unserved.or(() -> full));
  }
}
