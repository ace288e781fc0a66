package dev.sluice.account;

import dev.sluice.policy.Tier;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A key with all the records that decide about it, as they were together at one version.
 *
 * @param version the organization's version at which the records were read
 */
public record Caller(
    Organization organization, Project project, User user, ApiKey key, long version) {

  /** The records that decide, from narrow to wide. */
  public List<AccountRecord> records() {
    return List.of(key, user, project, organization);
  }

  /** The record that the tier comes from: the first that was given one; empty: the default. */
  public Optional<AccountRecord> tierGiver() {
    return records().stream().filter(record -> record.tier().isPresent()).findFirst();
  }

  /** The tier given explicitly: that of the key, else of the user, project, organization. */
  public Optional<String> explicitTier() {
    return tierGiver().flatMap(AccountRecord::tier);
  }

  /** The tier that holds: the explicit one, else {@code free}. */
  public String tier() {
    return explicitTier().orElse(Tier.FREE);
  }

  /**
   * Whether the key is honoured.
   *
   * @param presented the text by which the key was found
   */
  public Standing standing(KeyText presented, Instant now) {
    return standing(presented::hash, now);
  }

  /**
   * Whether the key is honoured.
   *
   * @param presented which of its secrets is presented
   */
  public Standing standing(KeySecret presented, Instant now) {
    return standing(presented::hash, now);
  }

  private Standing standing(Supplier<String> hash, Instant now) {
    Standing own = key.standing(hash, now, organization.keyAge());
    if (!own.honoured()) {
      return own;
    }
    if (organization.archived()) {
      return Standing.ORGANIZATION_ARCHIVED;
    }
    if (project.archived()) {
      return Standing.PROJECT_ARCHIVED;
    }
    return user.archived() ? Standing.USER_ARCHIVED : own;
  }

  /**
   * What will end a key that is honoured before long.
   *
   * @param presented the text by which the key was found
   */
  public Optional<KeyWarning> warning(KeyText presented, Instant now) {
    return standing(presented, now).honoured()
        ? key.warning(presented, now, organization.keyAge())
        : Optional.empty();
  }
}
