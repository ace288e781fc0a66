package dev.sluice.edge;

import dev.sluice.admission.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of one request at a door, for whoever writes it down.
 *
 * @param refusal empty when it was not refused
 * @param took from asking for the decision to having it; empty when nothing was asked
 */
public record Decided(
    Instant time, String door, Facts facts, Optional<Refused> refusal, Optional<Duration> took) {

  /** Why it was refused, and what its client was told. */
  public record Refused(Refusal why, Answer answer) {}
}
