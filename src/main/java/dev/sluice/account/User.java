package dev.sluice.account;

import dev.sluice.policy.OwnLimits;
import java.util.Optional;

/**
 * A person or service account of an organization; the vendor's rates are counted per user.
 *
 * @param kind who stands behind it
 * @param limits over all requests with the user's keys
 * @param archived none of its keys is honoured; what it has used stays on record
 */
public record User(
    String organization,
    String id,
    String name,
    Kind kind,
    Role role,
    Optional<String> tier,
    OwnLimits limits,
    boolean archived)
    implements Archivable<User> {
  /** Who stands behind a user. Both own keys and are counted alike, so they share their ids. */
  public enum Kind {
    PERSON,
    /** A program: it has keys, but nobody who signs in. */
    SERVICE_ACCOUNT
  }

  public User {
    Ids.requireOrganization(organization);
    Ids.require("id", "user", id);
    Names.require("name", name);
    Ids.requireTier(tier);
    Names.requireModels(limits);
  }

  /** A person, not archived, without limits. */
  public User(String organization, String id, String name, Role role, Optional<String> tier) {
    this(organization, id, name, Kind.PERSON, role, tier, OwnLimits.NONE, false);
  }

  public User withName(String other) {
    return new User(organization, id, other, kind, role, tier, limits, archived);
  }

  public User withRole(Role other) {
    return new User(organization, id, name, kind, other, tier, limits, archived);
  }

  public User withTier(Optional<String> other) {
    return new User(organization, id, name, kind, role, other, limits, archived);
  }

  public User withLimits(OwnLimits others) {
    return new User(organization, id, name, kind, role, tier, others, archived);
  }

  @Override
  public User archived(boolean now) {
    return new User(organization, id, name, kind, role, tier, limits, now);
  }
}
