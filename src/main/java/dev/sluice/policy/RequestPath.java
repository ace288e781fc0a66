package dev.sluice.policy;

import java.util.regex.Pattern;

/**
 * The path of a request, as its client wrote it.
 *
 * @param text without the query
 */
public record RequestPath(String text) {
  /**
   * What servers read in different ways, so that one might decide about another path than the next
   * one serves: empty and dot segments, other separators and parameters, separators and dots in
   * disguise, and what may not stand in a path at all.
   */
  private static final Pattern AMBIGUOUS =
      Pattern.compile(
          "[^!-~]|//|[\\\\;#]|(?:^|/)\\.{1,2}(?:/|$)"
              + "|%(?:2e|2f|5c|3b|23|3f|25|7f|[01][0-9a-f]|(?![0-9a-f]{2}))",
          Pattern.CASE_INSENSITIVE);

  /** That of a request's target. */
  public static RequestPath of(String target) {
    int query = target.indexOf('?');
    return new RequestPath(query < 0 ? target : target.substring(0, query));
  }

  public boolean ambiguous() {
    return !text.startsWith("/") || AMBIGUOUS.matcher(text).find();
  }
}
