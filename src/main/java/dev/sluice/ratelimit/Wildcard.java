package dev.sluice.ratelimit;

import java.util.List;

/** A text in which each {@code *} stands for any text, also for none. */
final class Wildcard {
  private final String first;
  private final List<String> middle;
  private final String last;

  /**
   * @param pattern with at least one {@code *}
   */
  Wildcard(String pattern) {
    List<String> parts = List.of(pattern.split("\\*", -1));
    this.first = parts.get(0);
    this.middle = parts.subList(1, parts.size() - 1);
    this.last = parts.get(parts.size() - 1);
  }

  static boolean is(String text) {
    return text.indexOf('*') >= 0;
  }

  boolean matches(String text) {
    if (text.length() < first.length() + last.length()
        || !text.startsWith(first)
        || !text.endsWith(last)) {
      return false;
    }
    // The leftmost place for each part leaves the most room for the next.
    int from = first.length();
    int end = text.length() - last.length();
    for (String part : middle) {
      int at = text.indexOf(part, from);
      if (at < 0 || at + part.length() > end) {
        return false;
      }
      from = at + part.length();
    }
    return true;
  }
}
