package dev.sluice.account;

import dev.sluice.policy.OwnLimits;
import java.util.Set;

/**
 * The names that people give to things: any script and emoji, nothing that is invisible or changes
 * how the text around it is shown.
 *
 * <p>By the categories of Unicode: neither Cc, Cs, Co, Zl nor Zp, and of Cf only what scripts and
 * emoji need. A terminal, a page and a log can then show a name as it is.
 */
public final class Names {
  private static final int MOST_CODE_POINTS = 200;

  /** Of a message that says what is wrong. */
  private static final int LONGEST_LINE = 2_000;

  /** Of a foreign text that stands in a message. */
  private static final int LONGEST_QUOTE = 60;

  /** On one letter; Tibetan stacks some. More of them reach into the lines above and below. */
  private static final int MOST_MARKS = 8;

  private static final int REPLACEMENT = 0xFFFD;
  private static final int LAST_LATIN = 0x24F;
  private static final int NON_JOINER = 0x200C;
  private static final int JOINER = 0x200D;

  /** They order digits and punctuation beside right-to-left letters, and reach no further. */
  private static final Set<Integer> DIRECTION_MARKS = Set.of(0x200E, 0x200F, 0x061C);

  /** Letters, marks and symbols that nobody sees. */
  private static final Set<Integer> INVISIBLE =
      Set.of(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0);

  private Names() {}

  /** Refuses a text that is no name, by the name of its field. */
  public static void require(String field, String name) {
    // The number of chars first: it costs nothing, however long the text is.
    if (name.length() > 2 * MOST_CODE_POINTS
        || name.codePointCount(0, name.length()) > MOST_CODE_POINTS) {
      throw new InvalidRecord(field, "is longer than " + MOST_CODE_POINTS + " characters");
    }
    if (name.codePoints().allMatch(Names::unseen)) {
      throw new InvalidRecord(field, "is empty");
    }
    if (blank(name.codePointAt(0)) || blank(name.codePointBefore(name.length()))) {
      throw new InvalidRecord(field, "begins or ends with a blank");
    }
    String harmless = harmless(name);
    for (int i = 0; i < harmless.length(); i++) {
      if (harmless.charAt(i) != name.charAt(i)) {
        throw new InvalidRecord(
            field,
            "has the character U+%04X where it may not stand: a name has letters of any script,"
                    .formatted(name.codePointAt(i))
                + " digits, punctuation, symbols and emoji, and blanks inside");
      }
    }
  }

  /** The models of limits are names like any other. */
  static void requireModels(OwnLimits limits) {
    if (!limits.isEmpty()) {
      limits.models().forEach(model -> require("limits", model));
    }
  }

  /** A name that was stored under other rules, so that its record can still be read. */
  public static String mended(String name) {
    int end = Math.min(name.length(), 2 * MOST_CODE_POINTS);
    int most = Math.min(MOST_CODE_POINTS, name.codePointCount(0, end));
    String mended = harmless(name.substring(0, name.offsetByCodePoints(0, most)));
    int first = 0;
    int last = mended.length();
    while (first < last && blank(mended.codePointAt(first))) {
      first++;
    }
    while (first < last && blank(mended.codePointBefore(last))) {
      last--;
    }
    String stripped = mended.substring(first, last);
    return stripped.codePoints().allMatch(Names::unseen)
        ? Character.toString(REPLACEMENT)
        : stripped;
  }

  /** A foreign text as it may stand in a message: harmless, and cut short. */
  public static String shown(String text) {
    return cut(text, LONGEST_QUOTE);
  }

  /** A message, which may have foreign text in it, as one harmless line. */
  public static String line(String message) {
    return cut(message, LONGEST_LINE);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? harmless(text) : harmless(text.substring(0, most)) + "...";
  }

  /** The same with U+FFFD in the place of each character that may not stand where it does. */
  private static String harmless(String text) {
    StringBuilder harmless = new StringBuilder(text.length());
    int before = ' ';
    int marks = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(before)) {
      int point = text.codePointAt(i);
      marks = mark(point) ? marks + 1 : 0;
      harmless.appendCodePoint(fits(point, before, marks) ? point : REPLACEMENT);
      before = point;
    }
    return harmless.toString();
  }

  private static boolean fits(int point, int before, int marks) {
    if (INVISIBLE.contains(point)) {
      return false;
    }
    if (mark(point)) {
      return marks <= MOST_MARKS && !blank(before);
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      // The overrides, embeddings and isolates of direction are among them.
      case Character.FORMAT -> DIRECTION_MARKS.contains(point) || joins(point, before);
      // What a later Unicode assigns may stand; what none ever will may not.
      case Character.UNASSIGNED -> (point & 0xFFFE) != 0xFFFE && (point < 0xFDD0 || point > 0xFDEF);
      default -> true;
    };
  }

  /** Emoji and some scripts need joiners; between Latin letters they only make a second name. */
  private static boolean joins(int point, int before) {
    return (point == JOINER || point == NON_JOINER)
        && before > LAST_LATIN
        && !blank(before)
        && Character.getType(before) != Character.FORMAT;
  }

  private static boolean mark(int point) {
    return switch (Character.getType(point)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          true;
      default -> false;
    };
  }

  private static boolean blank(int point) {
    return Character.isSpaceChar(point) || Character.isWhitespace(point);
  }

  private static boolean unseen(int point) {
    return blank(point) || Character.getType(point) == Character.FORMAT;
  }
}
