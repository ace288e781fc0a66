package dev.sluice.account;

import java.util.Optional;
import java.util.regex.Pattern;

/** The alphabets of ids and labels. */
public final class Ids {
  /** Lower case letters, digits and inner hyphens: it is part of a key's text and of Redis keys. */
  private static final Pattern ORGANIZATION =
      Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?");

  /** What people call users and projects, mail addresses included; no braces, colons or blanks. */
  private static final Pattern OTHER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}");

  private static final Pattern ENVIRONMENT = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  private Ids() {}

  static boolean isOrganization(String id) {
    return ORGANIZATION.matcher(id).matches();
  }

  /** Refuses what is no id of an organization. */
  public static void requireOrganization(String id) {
    requireOrganization("organization", id);
  }

  static void requireOrganization(String field, String id) {
    if (!isOrganization(id)) {
      throw new InvalidRecord(
          field,
          "the id of an organization is 1 to 40 lower case letters, digits and inner hyphens: '"
              + Names.shown(id)
              + "'");
    }
  }

  /**
   * An id of something in an organization.
   *
   * @param kind what it is of
   */
  public static void require(String field, String kind, String id) {
    if (!OTHER.matcher(id).matches()) {
      throw new InvalidRecord(
          field,
          "the id of a "
              + kind
              + " is 1 to 128 of A-Z a-z 0-9 . _ @ + - and starts with a letter or digit: '"
              + Names.shown(id)
              + "'");
    }
  }

  /** The name of a tier; whether there is such a tier is for the configuration to say. */
  static void requireTier(Optional<String> tier) {
    tier.ifPresent(name -> Names.require("tier", name));
  }

  static void requireEnvironment(String environment) {
    if (!ENVIRONMENT.matcher(environment).matches()) {
      throw new InvalidRecord(
          "environment",
          "is 1 to 32 lower case letters, digits and hyphens and starts with a letter, as prod,"
              + " staging, dev: '"
              + Names.shown(environment)
              + "'");
    }
  }
}
