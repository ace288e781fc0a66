package dev.sluice.admission;

import java.util.Optional;

/**
 * What a limit counts over.
 *
 * @param id of the record at this level
 * @param part of what the record does
 */
public record Scope(Level level, String id, Part part) {

  /**
   * A scope of all that a record does, or of one model.
   *
   * @param model when each model is counted on its own
   */
  public Scope(Level level, String id, Optional<String> model) {
    this(level, id, model.<Part>map(Part.OfModel::new).orElseGet(Part.All::new));
  }

  /** From narrow to wide. */
  public enum Level {
    KEY,
    USER,
    PROJECT,
    ORGANIZATION;

    /** As it is written in Redis keys, metrics and messages. */
    public String label() {
      return switch (this) {
        case KEY -> "key";
        case USER -> "user";
        case PROJECT -> "project";
        case ORGANIZATION -> "organization";
      };
    }
  }

  /** Which requests count together. */
  public sealed interface Part {
    /** All of them. */
    record All() implements Part {}

    /** Those for one model. */
    record OfModel(String model) implements Part {}

    /**
     * Those for the models of a block.
     *
     * @param block its name; see {@link dev.sluice.policy.Block#name}
     */
    record OfBlock(String tier, String block) implements Part {}

    /** Those in a tier. */
    record OfTier(String tier) implements Part {}
  }
}
