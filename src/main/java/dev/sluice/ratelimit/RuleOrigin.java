package dev.sluice.ratelimit;

/**
 * Where a level of the rules was read.
 *
 * @param file as problems name it: below the directory of the rules, or the name of a resource
 * @param line where its descriptor begins, counted from 1
 */
public record RuleOrigin(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
