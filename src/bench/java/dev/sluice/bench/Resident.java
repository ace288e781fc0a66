package dev.sluice.bench;

import java.time.Duration;

/** What a process has resident while somebody watches, in MiB; 0 where there is no Linux to ask. */
final class Resident {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final ProcessHandle process;
  private long most;

  Resident(ProcessHandle process) {
    this.process = process;
  }

  /** Blocks for so long. */
  void watch(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    do {
      most = Math.max(most, now());
      Thread.sleep(BETWEEN_LOOKS.toMillis());
    } while (System.nanoTime() < end);
  }

  long now() {
    return Memory.of(process).map(Memory::now).orElse(0L);
  }

  /** Of what was seen. */
  long most() {
    return most;
  }
}
