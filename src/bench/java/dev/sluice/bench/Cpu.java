package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What a process uses of the processors. */
final class Cpu {
  /** As Linux counts. */
  private static final long MILLIS_A_TICK = 10;

  private Cpu() {}

  /** User and system time of all its threads so far. */
  static Duration of(ProcessHandle process) {
    return process
        .info()
        .totalCpuDuration()
        .orElseThrow(
            () -> new BenchFailed("process " + process.pid() + " has ended, or shows no CPU time"));
  }

  /**
   * The part of it that the JIT compiler's threads have used; nothing where there is no Linux to
   * ask. A compiler thread that has ended is not in it.
   */
  static Duration ofCompiler(ProcessHandle process) {
    long ticks = 0;
    try (DirectoryStream<Path> threads =
        Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
      for (Path thread : threads) {
        String stat = Files.readString(thread.resolve("stat"));
        // The name is in brackets, and cut off; the times are the 12th and 13th word behind it.
        if (stat.contains(" CompilerThre")) {
          String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
          ticks += Long.parseLong(words[11]) + Long.parseLong(words[12]);
        }
      }
    } catch (IOException e) {
      return Duration.ZERO;
    }
    return Duration.ofMillis(ticks * MILLIS_A_TICK);
  }

  /** In microseconds, of each of so many requests. */
  static double micros(Duration time, int requests) {
    return time.toNanos() / 1e3 / requests;
  }
}
