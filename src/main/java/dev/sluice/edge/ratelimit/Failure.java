package dev.sluice.edge.ratelimit;

import java.util.concurrent.CompletionException;

/** What a client is told when there is no verdict. */
final class Failure {
  private Failure() {}

  /** One line. */
  static String message(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return line(cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
  }

  /** A text without line breaks, and not longer than anybody reads. */
  static String line(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= 300 ? line : line.substring(0, 297) + "...";
  }
}
