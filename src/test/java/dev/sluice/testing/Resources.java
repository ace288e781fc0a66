package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM holds. Needs Linux and a JDK.
 *
 * @param heapBytes of live objects, after a collection
 * @param files that are open, connections among them
 */
public record Resources(long heapBytes, long threads, long files) {
  private static final Pattern THREADS = Pattern.compile("(?m)^Threads:\\s+(\\d+)");

  /** Collects its garbage, and measures. */
  public static Resources of(ProcessHandle jvm) {
    Path process = Path.of("/proc", Long.toString(jvm.pid()));
    try {
      return new Resources(
          Heap.live(jvm).orElseThrow(),
          number(THREADS, Files.readString(process.resolve("status"))),
          files(jvm));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many files are open. */
  public static long files(ProcessHandle jvm) {
    try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(jvm.pid()), "fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    if (!found.find()) {
      throw new IllegalStateException("no " + pattern + " in: " + text);
    }
    return Long.parseLong(found.group(1));
  }
}
