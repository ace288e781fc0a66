package dev.sluice.config;

import org.yaml.snakeyaml.error.Mark;

/**
 * Where a YAML text stands: a whole file, or a scalar inside one.
 *
 * @param file as problems name it
 * @param firstLine the line in the file of the text's first line, counted from 1; 0 where there are
 *     no lines
 * @param keepsLines whether each line of the text is one line of the file; a folded or quoted
 *     scalar does not keep them, and everything in it is reported at its first line
 */
record Source(String file, int firstLine, boolean keepsLines) {
  static Source file(String file) {
    return new Source(file, 1, true);
  }

  /** The environment, of which nothing has a line. */
  static Source environment() {
    return new Source(Overrides.FILE, 0, false);
  }

  int line(Mark mark) {
    return line(mark.getLine());
  }

  /**
   * The line in the file.
   *
   * @param index of a line of the text, counted from 0
   */
  int line(int index) {
    return keepsLines ? firstLine + index : firstLine;
  }
}
