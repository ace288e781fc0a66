package dev.sluice.account;

import dev.sluice.policy.OwnLimits;
import java.util.Optional;

/**
 * A customer of the platform: the unit of billing, and of everything that one script decides.
 *
 * @param tier the tier of all who have none of their own
 * @param keyAge how old its keys may grow; empty: as old as they like
 * @param limits over all of its requests
 * @param archived none of its keys is honoured; what it has used stays on record
 */
public record Organization(
    String id,
    String name,
    Optional<String> tier,
    Optional<KeyAge> keyAge,
    OwnLimits limits,
    boolean archived)
    implements Archivable<Organization> {
  public Organization {
    Ids.requireOrganization("id", id);
    Names.require("name", name);
    Ids.requireTier(tier);
    Names.requireModels(limits);
  }

  /** One that works, without limits, whose keys may grow as old as they like. */
  public Organization(String id, String name, Optional<String> tier) {
    this(id, name, tier, Optional.empty(), OwnLimits.NONE, false);
  }

  @Override
  public String organization() {
    return id;
  }

  public Organization withName(String other) {
    return new Organization(id, other, tier, keyAge, limits, archived);
  }

  public Organization withTier(Optional<String> other) {
    return new Organization(id, name, other, keyAge, limits, archived);
  }

  public Organization withKeyAge(Optional<KeyAge> other) {
    return new Organization(id, name, tier, other, limits, archived);
  }

  public Organization withLimits(OwnLimits others) {
    return new Organization(id, name, tier, keyAge, others, archived);
  }

  @Override
  public Organization archived(boolean now) {
    return new Organization(id, name, tier, keyAge, limits, now);
  }
}
