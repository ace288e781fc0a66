package dev.sluice.account;

/**
 * A record of an organization's accounts.
 *
 * <p>Ids of organizations, projects and users are chosen by administrators and stand in Redis keys
 * and in the text of API keys; hence their narrow alphabet. Constructors refuse what may not be
 * stored with {@link InvalidRecord}.
 */
public sealed interface AccountRecord permits Organization, Project, User, ApiKey {
  /** The organization that the record belongs to. */
  String organization();

  /** Unique among the records of its kind in its organization. */
  String id();

  /** For people. */
  String name();

  /** A name that was stored under other rules as it is harmless now. */
  static String mendedName(String stored) {
    return Names.mended(stored);
  }
}
