package dev.sluice.admission;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What each rule says of a request that was not made, in the order in which they are asked.
 *
 * @param at the time for keys and models
 * @param limitsAt the time for the windows of limits, which have no past: never before now; how
 *     many run, and what waits, is as of now
 */
public record Explanation(Question question, Instant at, Instant limitsAt, List<Step> steps) {
  public Explanation {
    steps = List.copyOf(steps);
  }

  /** Why the request would be refused: the first that refuses; empty when it would be admitted. */
  public Optional<Refusal> refusal() {
    return steps.stream().flatMap(step -> step.refusal().stream()).findFirst();
  }
}
