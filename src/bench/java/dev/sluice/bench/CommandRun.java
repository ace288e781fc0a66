package dev.sluice.bench;

import dev.sluice.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A command of Sluice that has ended.
 *
 * @param time from its start to its end, that of the JVM included
 * @param mebibytes it had resident at most; 0 where there is no Linux to ask
 */
record CommandRun(Duration time, long mebibytes) {
  /**
   * Runs one, and waits for its end.
   *
   * @param jvm flags
   * @param output where its standard output goes
   * @throws BenchFailed when it does not end with 0
   */
  static CommandRun of(Path output, List<String> jvm, String... words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of(words));
    Path said = Path.of(output + ".err");
    long started = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(said.toFile())
            .start();
    long peak = 0;
    try {
      while (process.isAlive()) {
        Optional<Memory> memory = Memory.of(process.toHandle());
        peak = Math.max(peak, memory.map(Memory::peak).orElse(0L));
        Thread.sleep(10);
      }
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new BenchFailed(String.join(" ", words) + ": " + Files.readString(said).strip());
    }
    return new CommandRun(Duration.ofNanos(System.nanoTime() - started), peak);
  }

  double perSecond(int records) {
    return records * 1e9 / time.toNanos();
  }
}
