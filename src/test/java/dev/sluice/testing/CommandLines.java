package dev.sluice.testing;

import dev.sluice.Main;
import dev.sluice.redis.EmbeddedRedis;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/**
 * The command line, run in this process.
 *
 * @param config which every command is given
 */
public record CommandLines(Path config) {
  /**
   * What came of a command.
   *
   * @param lines of its standard output
   * @param said its standard error
   */
  public record Ran(int code, List<String> lines, String said) {}

  /**
   * On a Redis; beside the file that is written stands a {@code sambastack.yaml} with a tier {@code
   * web}.
   */
  public static CommandLines on(EmbeddedRedis redis, Path file) throws IOException {
    return new CommandLines(
        Files.writeString(
            file,
            "sambastack: sambastack.yaml\nredis: "
                + redis.url()
                + "\ndeployments:\n- {name: one, url: 'http://127.0.0.1:1', slots: 1,"
                + " models: [small], qosList: [web]}\n"));
  }

  /** Runs a command. */
  public Ran run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("--config");
    all.add(config.toString());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = line.execute(all.toArray(String[]::new));
    return new Ran(code, out.toString().lines().toList(), err.toString());
  }

  /** Runs a command that must not fail. */
  public Ran ok(String... words) {
    Ran ran = run(words);
    if (ran.code() != 0) {
      throw new IllegalStateException(List.of(words) + ": " + ran);
    }
    return ran;
  }
}
