package dev.sluice.account;

import java.util.Optional;

/**
 * A part of an organization that owns keys.
 *
 * @param archived none of its keys is honoured; what it has used stays on record
 */
public record Project(
    String organization, String id, String name, Optional<String> tier, boolean archived)
    implements AccountRecord {
  public Project {
    Ids.requireOrganization(organization);
    Ids.require("id", "project", id);
    Names.require("name", name);
    Ids.requireTier(tier);
  }

  /** One that works. */
  public Project(String organization, String id, String name, Optional<String> tier) {
    this(organization, id, name, tier, false);
  }

  /** The same, archived or back. */
  public Project archived(boolean now) {
    return new Project(organization, id, name, tier, now);
  }
}
