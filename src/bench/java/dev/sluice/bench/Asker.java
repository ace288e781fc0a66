package dev.sluice.bench;

import java.time.Duration;

/** Asks one target questions of one kind, from one event loop. */
interface Asker extends AutoCloseable {
  /** Goes on for so long, and blocks until all is answered. One at a time may run. */
  Requests run(Duration time);

  @Override
  void close();
}
