package dev.sluice.ratelimit;

import java.util.OptionalInt;

/**
 * Something in a rule file that an operator should know.
 *
 * @param error whether the rules cannot be used
 * @param file below the directory of the rules
 * @param line counted from 1; empty when the problem is with the file as a whole
 * @param message in envoyproxy/ratelimit's words where it has some
 */
public record RuleProblem(boolean error, String file, OptionalInt line, String message) {
  /** {@code file:line: message}. */
  @Override
  public String toString() {
    return file + (line.isPresent() ? ":" + line.getAsInt() : "") + ": " + message;
  }
}
