package dev.sluice.account;

import java.util.Optional;

/**
 * A person or service account of an organization; the vendor's rates are counted per user.
 *
 * @param kind who stands behind it
 * @param archived none of its keys is honoured; what it has used stays on record
 */
public record User(
    String organization,
    String id,
    String name,
    Kind kind,
    Role role,
    Optional<String> tier,
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
  }

  /** A person, not archived. */
  public User(String organization, String id, String name, Role role, Optional<String> tier) {
    this(organization, id, name, Kind.PERSON, role, tier, false);
  }

  public User withName(String other) {
    return new User(organization, id, other, kind, role, tier, archived);
  }

  public User withRole(Role other) {
    return new User(organization, id, name, kind, other, tier, archived);
  }

  public User withTier(Optional<String> other) {
    return new User(organization, id, name, kind, role, other, archived);
  }

  @Override
  public User archived(boolean now) {
    return new User(organization, id, name, kind, role, tier, now);
  }
}
