package dev.sluice.testing;

import dev.sluice.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
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
