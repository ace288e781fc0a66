package dev.sluice.account;

import java.util.Optional;

/** A part of an organization that owns keys. */
public record Project(String organization, String id, String name, Optional<String> tier)
    implements AccountRecord {
  public Project {
    Ids.requireOrganization(organization);
    Ids.require("project", id);
  }
}
