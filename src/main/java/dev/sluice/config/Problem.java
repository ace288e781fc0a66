package dev.sluice.config;

import dev.sluice.account.Names;
import java.util.OptionalInt;

/**
 * Something in the configuration that an operator should know.
 *
 * @param file the file's path as it was given, or {@code environment}
 * @param line counted from 1; empty when the problem is with the file as a whole
 * @param field the path of the field, such as {@code deployments[1].slots}, or the name of the
 *     environment variable; empty when the problem is with the file as a whole
 * @param message what was wrong, what was expected, what to do; never a secret
 */
public record Problem(
    Severity severity, String file, OptionalInt line, String field, String message) {
  public Problem {
    // Both may quote a file that somebody else wrote.
    field = Names.line(field);
    message = Names.line(message);
  }

  /** Whether the configuration can be used all the same. */
  public enum Severity {
    ERROR,
    WARNING
  }

  /** {@code file:line: field: message}, without the parts that are empty. */
  @Override
  public String toString() {
    return file
        + (line.isPresent() ? ":" + line.getAsInt() : "")
        + ": "
        + (field.isEmpty() ? "" : field + ": ")
        + message;
  }
}
