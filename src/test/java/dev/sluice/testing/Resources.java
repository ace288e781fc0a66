package dev.sluice.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
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
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
  private static final Pattern THREADS = Pattern.compile("(?m)^Threads:\\s+(\\d+)");

  /** Collects its garbage, and measures. */
  public static Resources of(ProcessHandle jvm) {
    Path process = Path.of("/proc", Long.toString(jvm.pid()));
    try {
      return new Resources(
          number(TOTAL, histogram(jvm)),
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

  private static String histogram(ProcessHandle jvm) throws IOException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    ProcessBuilder ask =
        new ProcessBuilder(jcmd, Long.toString(jvm.pid()), "GC.class_histogram")
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    try (InputStream output = ask.start().getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8);
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
