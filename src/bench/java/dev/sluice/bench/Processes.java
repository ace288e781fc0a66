package dev.sluice.bench;

import dev.sluice.redis.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The processes of a benchmark, and the folder of their configuration and logs. */
final class Processes implements AutoCloseable {
  /** The flags with which the launcher runs Sluice. */
  static final List<String> LAUNCHER_FLAGS = List.of("-XX:+UseSerialGC", "-Xms64m");

  private final Deque<Runnable> started = new ArrayDeque<>();
  private final List<String> flags;
  private final Path folder;

  /**
   * @param jvm more flags for what {@link #start} starts
   */
  Processes(List<String> jvm) throws IOException {
    List<String> all = new ArrayList<>(LAUNCHER_FLAGS);
    all.addAll(jvm);
    this.flags = List.copyOf(all);
    this.folder = Files.createTempDirectory("sluice-bench");
    started.push(() -> delete(folder));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "delete " + folder));
  }

  Path folder() {
    return folder;
  }

  /** A Redis that keeps nothing. */
  EmbeddedRedis redis() {
    EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedis.Options.inMemory());
    closeLater(redis::close);
    return redis;
  }

  /** What was started otherwise ends with the rest. */
  void closeLater(Runnable close) {
    started.push(close);
  }

  static ProcessHandle handle(EmbeddedRedis redis) {
    return ProcessHandle.of(redis.pid()).orElseThrow();
  }

  /** What is measured: with the launcher's flags, and those that were asked for. */
  JavaProcess start(String name, Class<?> main, List<String> arguments, Pattern listening)
      throws IOException, InterruptedException {
    return start(name, flags, main, arguments, listening);
  }

  /** With the launcher's flags only. */
  JavaProcess startPlain(String name, Class<?> main, List<String> arguments, Pattern listening)
      throws IOException, InterruptedException {
    return start(name, LAUNCHER_FLAGS, main, arguments, listening);
  }

  private JavaProcess start(
      String name, List<String> jvm, Class<?> main, List<String> arguments, Pattern listening)
      throws IOException, InterruptedException {
    JavaProcess process = JavaProcess.start(folder, name, jvm, main, arguments, listening);
    closeLater(process::close);
    return process;
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends everything, the last started first. */
  @Override
  public void close() {
    while (!started.isEmpty()) {
      started.pop().run();
    }
  }
}
