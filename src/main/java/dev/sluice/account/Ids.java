package dev.sluice.account;

import java.util.regex.Pattern;

/** The alphabet of ids. */
final class Ids {
  /** Lower case letters, digits and inner hyphens: it is part of a key's text and of Redis keys. */
  private static final Pattern ORGANIZATION =
      Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?");

  /** What people call users and projects, mail addresses included; no braces, colons or blanks. */
  private static final Pattern OTHER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}");

  private Ids() {}

  static boolean isOrganization(String id) {
    return ORGANIZATION.matcher(id).matches();
  }

  static void requireOrganization(String id) {
    if (!isOrganization(id)) {
      throw new IllegalArgumentException(
          "an organization's id is 1 to 40 lower case letters, digits and inner hyphens: '"
              + id
              + "'");
    }
  }

  static void require(String kind, String id) {
    if (!OTHER.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "the id of a "
              + kind
              + " is 1 to 128 of A-Z a-z 0-9 . _ @ + - and starts with a letter or"
              + " digit: '"
              + id
              + "'");
    }
  }
}
