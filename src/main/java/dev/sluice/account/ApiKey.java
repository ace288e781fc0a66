package dev.sluice.account;

import java.time.Instant;
import java.util.Optional;

/**
 * An API key, without its secret.
 *
 * @param secretHash SHA-256 of the key's text, in lower case hex
 * @param lastFour the last four characters of the text: all that logs and pages may show
 * @param tier the key's own tier, before that of its user, project and organization
 * @param expires from this instant on the key is refused
 */
public record ApiKey(
    String organization,
    String id,
    String name,
    String project,
    String user,
    String secretHash,
    String lastFour,
    Optional<String> tier,
    Optional<Instant> expires,
    boolean revoked)
    implements AccountRecord {
  public ApiKey {
    Ids.requireOrganization(organization);
    Ids.require("key", id);
    Ids.require("project", project);
    Ids.require("user", user);
  }

  /** This key, refused from now on. */
  public ApiKey revoke() {
    return new ApiKey(
        organization, id, name, project, user, secretHash, lastFour, tier, expires, true);
  }

  public boolean expired(Instant now) {
    return expires.isPresent() && !now.isBefore(expires.get());
  }
}
