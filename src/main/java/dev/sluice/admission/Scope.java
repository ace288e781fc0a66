package dev.sluice.admission;

import dev.sluice.account.AccountRecord;
import dev.sluice.account.ApiKey;
import dev.sluice.account.Project;
import dev.sluice.account.User;
import java.util.Optional;

/**
 * What a limit counts over.
 *
 * @param id of the record at this level
 * @param part of what the record does
 * @param endUser for whom, when each end user is counted separately
 */
public record Scope(Level level, String id, Part part, Optional<EndUser> endUser) {

  /** A scope of whatever end users. */
  public Scope(Level level, String id, Part part) {
    this(level, id, part, Optional.empty());
  }

  /**
   * A scope of all that a record does, or of one model.
   *
   * @param model when each model is counted on its own
   */
  public Scope(Level level, String id, Optional<String> model) {
    this(level, id, model.<Part>map(Part.OfModel::new).orElseGet(Part.All::new));
  }

  /** The one model that is counted; empty when there may be several. */
  public Optional<String> model() {
    return part instanceof Part.OfModel one ? Optional.of(one.model()) : Optional.empty();
  }

  /** From narrow to wide. */
  public enum Level {
    KEY,
    USER,
    PROJECT,
    ORGANIZATION;

    /** That of a record. */
    public static Level of(AccountRecord record) {
      if (record instanceof ApiKey) {
        return KEY;
      } else if (record instanceof User) {
        return USER;
      }
      return record instanceof Project ? PROJECT : ORGANIZATION;
    }

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
