package dev.sluice.account;

import java.util.Optional;

/**
 * A customer of the platform: the unit of billing, and of everything that one script decides.
 *
 * @param tier the tier of all who have none of their own
 */
public record Organization(String id, String name, Optional<String> tier) implements AccountRecord {
  public Organization {
    Ids.requireOrganization(id);
  }

  @Override
  public String organization() {
    return id;
  }
}
