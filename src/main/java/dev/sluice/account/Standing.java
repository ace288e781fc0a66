package dev.sluice.account;

/** Whether a key is honoured, and if it is not, why. */
public enum Standing {
  /** It is. */
  GOOD,
  /** It is, but it should be rotated. */
  OLD,
  REVOKED,
  EXPIRED,
  /** Its secret was replaced, and the time of grace is over. */
  ROTATED,
  /** It should have been rotated long ago. */
  OVER_AGE,
  ORGANIZATION_ARCHIVED,
  PROJECT_ARCHIVED,
  USER_ARCHIVED;

  public boolean honoured() {
    return this == GOOD || this == OLD;
  }
}
