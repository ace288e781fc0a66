package dev.sluice.policy;

/**
 * A path, or with {@code /*} at its end all paths below one.
 *
 * @param text as {@code /healthz} or {@code /docs/*}; the latter is not {@code /docs} itself
 */
public record PathPattern(String text) {
  private static final String BELOW = "/*";

  public PathPattern {
    String path = text.endsWith(BELOW) ? text.substring(0, text.length() - 1) : text;
    if (text.equals(BELOW)) {
      throw new IllegalArgumentException("this is every path; name those that are meant");
    }
    if (!text.startsWith("/") || path.contains("*") || path.contains("?")) {
      throw new IllegalArgumentException(
          "expected a path such as /healthz, or /docs/* for all below it, without a query");
    }
    if (new RequestPath(path).ambiguous()) {
      throw new IllegalArgumentException(
          "no request matches this: paths with empty or dot segments, ';', '#', '\\' or their"
              + " percent-encodings are read in several ways");
    }
  }

  /** A path that is ambiguous matches nothing. */
  boolean matches(RequestPath path) {
    boolean fits =
        text.endsWith(BELOW)
            ? path.text().startsWith(text.substring(0, text.length() - 1))
            : path.text().equals(text);
    return fits && !path.ambiguous();
  }
}
