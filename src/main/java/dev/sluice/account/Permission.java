package dev.sluice.account;

import java.util.Set;

/** What a key may be used for. */
public enum Permission {
  /** To have models run. */
  INFERENCE,
  /** To list models. */
  MODELS,
  /** To read what was used. */
  USAGE_READ,
  /** To read accounts and settings. */
  ADMIN_READ,
  /** To change them. */
  ADMIN_WRITE;

  /** Those of a key for which nothing else was said. */
  public static final Set<Permission> DEFAULT = Set.of(INFERENCE, MODELS);
}
