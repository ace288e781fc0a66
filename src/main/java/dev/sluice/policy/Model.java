package dev.sluice.policy;

import java.time.Instant;
import java.util.Optional;

/**
 * What is said of a model beside the tiers that list it.
 *
 * @param name the public one: clients ask for it, tiers and deployments list it, and everything is
 *     counted by it
 * @param backend what backends call it; empty: the same
 * @param successor the public name of the model to use instead
 * @param deprecated from this instant on its clients are told that it will go
 * @param sunset from this instant on it is served no more
 */
public record Model(
    String name,
    Optional<String> backend,
    Optional<String> successor,
    Optional<Instant> deprecated,
    Optional<Instant> sunset) {
  public Model {
    if (name.isBlank()) {
      throw new IllegalArgumentException("a model needs a name");
    }
    if (successor.filter(name::equals).isPresent()) {
      throw new IllegalArgumentException("the model " + name + " is its own successor");
    }
    if (deprecated.isPresent() && sunset.isPresent() && sunset.get().isBefore(deprecated.get())) {
      throw new IllegalArgumentException("the model " + name + " ends before it is deprecated");
    }
  }

  /** Whether its clients are told that it will go: an end without a beginning is told at once. */
  boolean announced(Instant now) {
    return deprecated.map(from -> !now.isBefore(from)).orElse(sunset.isPresent());
  }

  boolean ended(Instant now) {
    return sunset.filter(end -> !now.isBefore(end)).isPresent();
  }
}
