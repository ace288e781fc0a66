package dev.sluice.commandline;

import java.io.IOException;
import java.io.Reader;
import java.util.Optional;

/** The lines of a text, none of which takes more memory than its bound. Blocks. */
final class BoundedLines {
  private final Reader in;
  private final int longest;

  /**
   * @param in with a buffer
   * @param longest how many chars a line may have
   */
  BoundedLines(Reader in, int longest) {
    this.in = in;
    this.longest = longest;
  }

  /** The next line, cut behind its bound and one more char when it is longer; empty at the end. */
  Optional<String> next() throws IOException {
    StringBuilder line = new StringBuilder();
    int read = in.read();
    if (read < 0) {
      return Optional.empty();
    }
    for (; read >= 0 && read != '\n'; read = in.read()) {
      if (line.length() <= longest) {
        line.append((char) read);
      }
    }
    return Optional.of(line.toString());
  }
}
