package dev.sluice.policy;

import java.time.Instant;
import java.util.Optional;

/** What the catalog says of a tier that asks for a model. */
public sealed interface ModelAccess {
  /** The tier may call the model, as {@code block} says. */
  record Allowed(Tier tier, Block block) implements ModelAccess {}

  /** In no tier, or not in this one: the caller must not learn which. */
  record NotFound() implements ModelAccess {}

  /** In the system tier {@code restricted}, and not in a tier that was given explicitly. */
  record Restricted() implements ModelAccess {}

  /**
   * In the system tier {@code deprecated}, or past its sunset.
   *
   * @param successor the model to use instead
   */
  record ModelDeprecated(Optional<String> successor) implements ModelAccess {}

  /**
   * In the system tier {@code maintenance}.
   *
   * @param until the configured end, if any
   */
  record UnderMaintenance(Optional<Instant> until) implements ModelAccess {}
}
