package dev.sluice.account;

import dev.sluice.policy.OwnLimits;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A part of an organization that owns keys.
 *
 * @param owners the ids of users who have its keys and usage in hand; a bounded number
 * @param limits over all requests with its keys
 * @param archived none of its keys is honoured; what it has used stays on record
 */
public record Project(
    String organization,
    String id,
    String name,
    Optional<String> tier,
    Set<String> owners,
    OwnLimits limits,
    boolean archived)
    implements Archivable<Project> {
  private static final int MOST_OWNERS = 20;

  public Project {
    Ids.requireOrganization(organization);
    Ids.require("id", "project", id);
    Names.require("name", name);
    Ids.requireTier(tier);
    Names.requireModels(limits);
    if (owners.size() > MOST_OWNERS) {
      throw new InvalidRecord("owners", "there may be " + MOST_OWNERS + ", not " + owners.size());
    }
    owners.forEach(owner -> Ids.require("owners", "user", owner));
    // In one order, so that the same owners are written alike.
    owners = Collections.unmodifiableSet(new TreeSet<>(owners));
  }

  /** One that works, without owners and limits. */
  public Project(String organization, String id, String name, Optional<String> tier) {
    this(organization, id, name, tier, Set.of(), OwnLimits.NONE, false);
  }

  public Project withName(String other) {
    return new Project(organization, id, other, tier, owners, limits, archived);
  }

  public Project withTier(Optional<String> other) {
    return new Project(organization, id, name, other, owners, limits, archived);
  }

  public Project withOwners(Set<String> others) {
    return new Project(organization, id, name, tier, others, limits, archived);
  }

  public Project withLimits(OwnLimits others) {
    return new Project(organization, id, name, tier, owners, others, archived);
  }

  @Override
  public Project archived(boolean now) {
    return new Project(organization, id, name, tier, owners, limits, now);
  }
}
