package dev.sluice.account;

import java.util.Optional;

/** A person or service of an organization; the vendor's rates are counted per user. */
public record User(String organization, String id, String name, Role role, Optional<String> tier)
    implements AccountRecord {
  public User {
    Ids.requireOrganization(organization);
    Ids.require("user", id);
  }
}
