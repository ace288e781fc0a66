package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of its own that runs a class of this class path and listens. */
final class JavaProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final Process process;
  private final Thread endWithUs;
  private final MatchResult said;

  private JavaProcess(Process process, Thread endWithUs, MatchResult said) {
    this.process = process;
    this.endWithUs = endWithUs;
    this.said = said;
  }

  /**
   * Starts it and waits until it says where it listens.
   *
   * @param name of its log in the folder
   * @param listening what it says when it does; its groups are the addresses
   */
  static JavaProcess start(
      Path folder,
      String name,
      List<String> jvmFlags,
      Class<?> main,
      List<String> arguments,
      Pattern listening)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmFlags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Path log = folder.resolve(name + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    // However this process ends, except by SIGKILL.
    Thread endWithUs = new Thread(process::destroyForcibly, "end " + name);
    Runtime.getRuntime().addShutdownHook(endWithUs);
    long deadline = System.nanoTime() + START.toNanos();
    while (true) {
      boolean alive = process.isAlive();
      String text = Files.readString(log);
      Matcher line = listening.matcher(text);
      if (line.find()) {
        return new JavaProcess(process, endWithUs, line.toMatchResult());
      }
      if (!alive || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new BenchFailed(name + " does not start. It said: " + text.strip());
      }
      Thread.sleep(20);
    }
  }

  /** A group of what it said, the first being 1. */
  String said(int group) {
    return said.group(group);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
      Runtime.getRuntime().removeShutdownHook(endWithUs);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // This process is ending, and the hook does it.
    }
  }
}
