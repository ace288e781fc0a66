package dev.sluice.bench;

import java.time.Duration;

/** So many requests at a time: each answer is followed by the next request. */
interface ClosedLoop extends AutoCloseable {
  /** Goes on for so long; blocks. One at a time may run. */
  Requests run(Duration time);

  @Override
  void close();
}
