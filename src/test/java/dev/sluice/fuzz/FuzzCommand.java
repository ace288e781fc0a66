package dev.sluice.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs {@link Fuzz}. */
@Command(
    name = "fuzz",
    description = {
      "Sends random and broken requests to a server of descriptor limits: to gRPC, /json and"
          + " /explain. Fails, with how to repeat it, when one is neither answered nor hung up on,"
          + " when a good request in between is not answered right, when the log has an error, or"
          + " when heap, threads or connections grow."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class FuzzCommand implements Callable<Integer> {
  @Option(names = "--minutes", description = "For how long.")
  private double minutes = 5;

  @Option(names = "--round", description = "Seconds after which the server is measured again.")
  private double round = 20;

  @Option(names = "--seed", description = "Of the inputs; without it any, which is printed.")
  private long seed = new Random().nextLong();

  @Option(
      names = "--input",
      defaultValue = "-1",
      description = "Only the input of this number, as a failure names it.")
  private long input = -1;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Path folder = Files.createTempDirectory("sluice-fuzz");
    say("seed " + seed + ", files in " + folder);
    try (Fuzz fuzz = new Fuzz(seed, folder)) {
      if (input >= 0) {
        say(Inputs.of(seed, input).describe());
        fuzz.one(input);
      } else {
        fuzz.run(seconds(minutes * 60), seconds(round), this::say);
      }
    }
    say("nothing found");
    return 0;
  }

  private void say(String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis((long) (seconds * 1_000));
  }
}
