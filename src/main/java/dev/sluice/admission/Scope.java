package dev.sluice.admission;

import java.util.Optional;

/**
 * What a limit counts over.
 *
 * @param id of the record at this level
 * @param model when each model is counted on its own
 */
public record Scope(Level level, String id, Optional<String> model) {
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
}
