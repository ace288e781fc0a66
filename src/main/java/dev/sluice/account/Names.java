package dev.sluice.account;

import java.util.PrimitiveIterator;

/**
 * The names that people give to things: any script and emoji, nothing that changes how the text
 * around it is shown.
 */
final class Names {
  private static final int MOST_CODE_POINTS = 200;
  private static final int REPLACEMENT = 0xFFFD;

  private Names() {}

  static void require(String field, String name) {
    if (name.isBlank()) {
      throw new InvalidRecord(field, "is empty");
    }
    // The number of chars first: it costs nothing, however long the text is.
    if (name.length() > 2 * MOST_CODE_POINTS
        || name.codePointCount(0, name.length()) > MOST_CODE_POINTS) {
      throw new InvalidRecord(field, "is longer than " + MOST_CODE_POINTS + " characters");
    }
    name.codePoints()
        .filter(point -> !harmless(point))
        .findFirst()
        .ifPresent(
            point -> {
              throw new InvalidRecord(
                  field,
                  "has the character U+%04X, which may not stand in a name".formatted(point));
            });
  }

  /** A name that was stored under other rules, so that its record can still be read. */
  static String mended(String name) {
    StringBuilder mended = new StringBuilder();
    PrimitiveIterator.OfInt points = name.codePoints().limit(MOST_CODE_POINTS).iterator();
    while (points.hasNext()) {
      int point = points.nextInt();
      mended.appendCodePoint(harmless(point) ? point : REPLACEMENT);
    }
    return mended.toString().isBlank() ? Character.toString(REPLACEMENT) : mended.toString();
  }

  /** A foreign text as it may stand in a message: a line of bounded length. */
  static String shown(String text) {
    int end = Math.min(text.length(), 60);
    StringBuilder shown = new StringBuilder();
    text.substring(0, end)
        .codePoints()
        .forEach(point -> shown.appendCodePoint(harmless(point) ? point : REPLACEMENT));
    return shown.append(end < text.length() ? "..." : "").toString();
  }

  /** Joiners and marks of direction stay: emoji and right-to-left scripts need them. */
  private static boolean harmless(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      // The overrides and isolates of direction reach beyond the name that they stand in.
      default -> (point < 0x202A || point > 0x202E) && (point < 0x2066 || point > 0x2069);
    };
  }
}
