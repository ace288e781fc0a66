package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a process has resident, in MiB, now and at most so far.
 *
 * @param now as Linux counts it
 */
record Memory(long now, long peak) {
  /** Empty where there is no Linux to ask. */
  static Optional<Memory> of(ProcessHandle process) {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    try {
      String text = Files.readString(status);
      // A process that is just ending has none.
      return !text.contains("VmHWM:")
          ? Optional.empty()
          : Optional.of(new Memory(mebibytes(text, "VmRSS:"), mebibytes(text, "VmHWM:")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static long mebibytes(String status, String field) {
    int from = status.indexOf(field) + field.length();
    String kibibytes = status.substring(from, status.indexOf("kB", from)).strip();
    return Long.parseLong(kibibytes) / 1024;
  }
}
