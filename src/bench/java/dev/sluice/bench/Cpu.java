package dev.sluice.bench;

import java.time.Duration;

/** What a process uses of the processors. */
final class Cpu {
  private Cpu() {}

  /** User and system time of all its threads so far. */
  static Duration of(ProcessHandle process) {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(
            () -> new BenchFailed("process " + process.pid() + " has ended, or shows no CPU time"));
  }

  /** In microseconds, of each of so many requests. */
  static double micros(Duration time, int requests) {
    return time.toNanos() / 1e3 / requests;
  }
}
