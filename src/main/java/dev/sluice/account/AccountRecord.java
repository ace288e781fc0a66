package dev.sluice.account;

import dev.sluice.policy.OwnLimits;
import java.util.Optional;

/**
 * A record of an organization's accounts.
 *
 * <p>Ids of organizations, projects and users are chosen by administrators and stand in Redis keys
 * and in the text of API keys; hence their narrow alphabet. Constructors refuse what may not be
 * stored with {@link InvalidRecord}.
 */
public sealed interface AccountRecord permits Archivable, ApiKey {
  /** The organization that the record belongs to. */
  String organization();

  /** Unique among the records of its kind in its organization. */
  String id();

  /** For people. */
  String name();

  /** The tier that was given to it, explicitly. */
  Optional<String> tier();

  /** What it may use at most, beside what its tier says. */
  OwnLimits limits();
}
