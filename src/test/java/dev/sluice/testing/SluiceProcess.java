package dev.sluice.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** Sluice as a process of its own, from the classes of this build. */
public final class SluiceProcess implements AutoCloseable {
  private static final Pattern DOOR =
      Pattern.compile("(gateway|grpc|http|metrics|debug) ((?:https?://)?[0-9.]+:[0-9]+)");

  /** A JVM on a machine that is busy with others takes its time. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final Path log;

  /** Runs the command line with these words; what it logs goes to a file in the folder. */
  public SluiceProcess(Path folder, Map<String, String> environment, String... words) {
    try {
      this.log = Files.createTempFile(folder, "sluice", ".log");
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "dev.sluice.Main"));
      command.addAll(List.of(words));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(log.toFile()));
      builder.environment().putAll(environment);
      this.process = builder.start();
      // Also when a test fails before it can close this.
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next line of its standard output; blocks. */
  public String line() {
    try {
      // Not closed: the process would be told that nobody listens.
      BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
      String line = output.readLine();
      if (line == null) {
        throw new IllegalStateException("no line; the log says:\n" + log());
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The URL of a door, once the log names it. */
  public String door(String name) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .conditionEvaluationListener(
            condition -> {
              if (condition.getRemainingTimeInMS() <= 0) {
                System.err.println("no door " + name + "; the log says:\n" + log());
              }
            })
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("it ended; the log says:\n" + log());
              }
              Matcher doors = DOOR.matcher(log());
              while (doors.find()) {
                if (doors.group(1).equals(name)) {
                  return doors.group(2);
                }
              }
              return "";
            },
            url -> !url.isEmpty());
  }

  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Asks it to end, as an orchestrator does. */
  public void terminate() {
    process.destroy();
  }

  /** Waits for its end; its exit code. */
  public int exitCode() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("it does not end; the log says:\n" + log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills it, as kill -9 does. */
  public void kill() {
    process.destroyForcibly();
    exitCode();
  }

  @Override
  public void close() {
    kill();
  }
}
