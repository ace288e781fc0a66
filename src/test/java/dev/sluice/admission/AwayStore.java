package dev.sluice.admission;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.failedFuture;

import dev.sluice.usage.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Writes down what it takes; it may be away, or take a call and not answer. */
final class AwayStore implements SharedCounters {
  final List<String> log = new ArrayList<>();
  private final Set<String> known = new HashSet<>();
  boolean away = true;
  boolean deaf;
  boolean broken;

  /** What it answers when it is asked. */
  Outcome outcome = new Outcome.Held(List.of());

  /** It has forgotten what it is asked to renew. */
  boolean forgetful;

  Optional<CompletableFuture<Boolean>> pending = Optional.empty();

  @Override
  public CompletionStage<Outcome> admit(Hold hold, long knownVersion) {
    return away ? failed() : completedFuture(outcome);
  }

  @Override
  public CompletionStage<Boolean> adopt(Hold hold, Duration age, Optional<Settlement> settled) {
    if (broken) {
      throw new IllegalArgumentException("broken");
    }
    if (away && pending.isEmpty()) {
      return failed();
    }
    log.add("adopt " + hold.id() + " " + age.toMillis() + (settled.isPresent() ? " settled" : ""));
    boolean added = known.add(hold.id());
    return pending.isPresent() ? pending.get() : deaf ? failed() : completedFuture(added);
  }

  @Override
  public CompletionStage<Boolean> resume(Hold hold) {
    return told("resume " + hold.id());
  }

  @Override
  public CompletionStage<List<EvaluatedLimit>> evaluate(
      String organization, List<ScopedLimit> limits, Optional<Instant> at) {
    return failed();
  }

  @Override
  public CompletionStage<Boolean> renew(Hold hold) {
    return told("renew " + hold.id()).thenApply(held -> held && !forgetful);
  }

  @Override
  public CompletionStage<Boolean> settle(Hold hold, Settlement settlement) {
    return told("settle " + hold.id());
  }

  @Override
  public CompletionStage<Boolean> cancel(Hold hold) {
    return told("cancel " + hold.id());
  }

  private CompletionStage<Boolean> told(String what) {
    if (away) {
      return failed();
    }
    log.add(what);
    return completedFuture(true);
  }

  private static <T> CompletionStage<T> failed() {
    return failedFuture(new Away());
  }
}
