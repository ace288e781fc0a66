package dev.sluice.edge.decisions;

import java.io.IOException;
import java.io.OutputStream;

/** Where lines go. Of one thread, which it may block. */
public interface LineSink {
  /** Writes whole lines, and does not keep them back. */
  void write(byte[] lines) throws IOException;

  /** Gives back what it has opened. */
  default void close() {}

  /** To a stream that belongs to somebody else, such as standard output. */
  static LineSink to(OutputStream stream) {
    return lines -> {
      stream.write(lines);
      stream.flush();
    };
  }
}
