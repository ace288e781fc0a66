package dev.sluice.account;

import java.util.Optional;

/** What a client presented as its key. */
public sealed interface Credential {
  /** Nothing, or an Authorization header of another scheme than Bearer. */
  record None() implements Credential {}

  /**
   * A text that is no key of Sluice: it does not even reach the store.
   *
   * @param lastFour at most the last four characters of what was presented
   */
  record Malformed(String lastFour) implements Credential {}

  /** A well-formed key; whether it exists is for the store to say. */
  record Presented(KeyText key) implements Credential {}

  /** Reads an {@code Authorization} header: {@code Bearer <key>}, the scheme in any case. */
  static Credential ofAuthorization(Optional<String> header) {
    String value = header.orElse("").strip();
    if (!value.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return new None();
    }
    String text = value.substring(7).strip();
    if (text.isEmpty()) {
      return new None();
    }
    Optional<KeyText> key = KeyText.parse(text);
    if (key.isPresent()) {
      return new Presented(key.get());
    }
    // Of a short text the last four could be all of it: half at most is shown.
    return new Malformed(text.substring(text.length() - Math.min(4, text.length() / 2)));
  }
}
